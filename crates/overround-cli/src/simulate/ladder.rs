//! Price ladders: bookmakers show only certain prices, each its own.

use super::draw::floor_i32;

/// Which prices a bookmaker can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ladder {
    /// American integers, in steps of this many cents near even money (−110, −108, −106 … +100, +102), coarser further out.
    American(i32),
    /// Decimal odds in hundredths, in steps of this many near 2.00, coarser further out.
    Decimal(i32),
    /// The increments of the large exchanges: 1.01 … 2.00 by 0.01, to 3 by 0.02, to 4 by 0.05 and so on.
    Exchange,
    /// Probabilities in cents, as prediction markets trade them.
    Cents,
}

/// A rung of a ladder, in its own integer coordinate that grows with the price: American cents away from even money
/// (−110 is −10, +120 is 20), hundredths of decimal odds, or minus the cents of probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rung(i32);

/// A price as it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shown {
    American(i32),
    Decimal(f64),
    Probability(f64),
}

impl Ladder {
    /// The rung at or below decimal odds `d` (the bettor gets no more than `d`), or `old` if that is near enough: bookmakers do not
    /// move for every little thing.
    pub(super) fn at_or_below(self, d: f64, old: Option<Rung>) -> Rung {
        let coordinate = self.coordinate(d);
        let step = self.step_at(coordinate);
        if let Some(old) = old {
            // Three cents are worth no trouble.
            let patience = f64::from(if matches!(self, Self::American(_)) { step.max(3) } else { step });
            let above = coordinate - f64::from(old.0);
            if above > -0.35 * patience && above < 1.35 * patience {
                return old;
            }
        }
        // The smallest slack keeps a price that is meant to be exactly on a rung from falling to the next.
        self.within(Rung(floor_i32(coordinate / f64::from(step) + 1e-9) * step))
    }

    /// The next rung above.
    pub(super) fn above(self, rung: Rung) -> Rung {
        self.within(Rung(rung.0 + self.step_at(f64::from(rung.0))))
    }

    /// Decimal odds of a rung.
    #[cfg(test)]
    pub(super) fn decimal(self, rung: Rung) -> f64 {
        let c = f64::from(rung.0);
        match self {
            Self::American(_) if rung.0 >= 0 => 2.0 + c / 100.0,
            Self::American(_) => 1.0 + 100.0 / (100.0 - c),
            Self::Decimal(_) | Self::Exchange => c / 100.0,
            Self::Cents => -100.0 / c,
        }
    }

    /// The price as the bookmaker shows it.
    pub(super) fn shown(self, rung: Rung) -> Shown {
        match self {
            Self::American(_) => Shown::American(if rung.0 >= 0 { rung.0 + 100 } else { rung.0 - 100 }),
            Self::Decimal(_) | Self::Exchange => Shown::Decimal(f64::from(rung.0) / 100.0),
            Self::Cents => Shown::Probability(f64::from(-rung.0) / 100.0),
        }
    }

    fn coordinate(self, d: f64) -> f64 {
        match self {
            Self::American(_) if d >= 2.0 => 100.0 * (d - 2.0),
            Self::American(_) => 100.0 - 100.0 / (d - 1.0),
            Self::Decimal(_) | Self::Exchange => 100.0 * d,
            Self::Cents => -100.0 / d,
        }
    }

    fn step_at(self, coordinate: f64) -> i32 {
        let pick = |bounds: &[(f64, i32)]| {
            let x = if matches!(self, Self::American(_)) { coordinate.abs() } else { coordinate };
            bounds.iter().find(|&&(bound, _)| x < bound).map_or(1000, |&(_, step)| step)
        };
        match self {
            Self::American(s) => {
                pick(&[(100.0, s), (200.0, s.max(5)), (400.0, s.max(10)), (900.0, 25), (1900.0, 50), (9900.0, 100)])
            }
            Self::Decimal(s) => pick(&[
                (140.0, 1),
                (180.0, s.min(3)),
                (220.0, s),
                (300.0, s.max(5)),
                (500.0, 10),
                (1000.0, 25),
                (2000.0, 50),
                (5000.0, 100),
            ]),
            Self::Exchange => pick(&[
                (200.0, 1),
                (300.0, 2),
                (400.0, 5),
                (600.0, 10),
                (1000.0, 20),
                (2000.0, 50),
                (3000.0, 100),
                (5000.0, 200),
                (10_000.0, 500),
            ]),
            Self::Cents => 1,
        }
    }

    fn within(self, rung: Rung) -> Rung {
        let (low, high) = match self {
            Self::American(_) => (-9900, 9900),
            Self::Decimal(_) | Self::Exchange => (101, 100_000),
            Self::Cents => (-99, -1),
        };
        Rung(rung.0.clamp(low, high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Ladder; 6] = [
        Ladder::American(1),
        Ladder::American(2),
        Ladder::American(5),
        Ladder::Decimal(2),
        Ladder::Exchange,
        Ladder::Cents,
    ];

    #[test]
    fn a_rung_is_a_price_not_above_the_target_and_close_to_it() {
        for ladder in ALL {
            for i in 0..2000 {
                let d = 1.02 + f64::from(i) * 0.005;
                let rung = ladder.at_or_below(d, None);
                let price = ladder.decimal(rung);
                assert!(price > 1.0 && price <= d + 1e-9, "{ladder:?} {d} {price}");
                assert!(ladder.decimal(ladder.above(rung)) > d - 1e-9, "{ladder:?} {d} {price}");
                assert_eq!(ladder.at_or_below(price, None), rung, "{ladder:?} {d}: a rung stays where it is");
            }
        }
    }

    #[test]
    fn real_prices_stand_on_the_ladders() {
        let american = |ladder: Ladder, d| ladder.shown(ladder.at_or_below(d, None));
        assert_eq!(american(Ladder::American(2), 1.0 + 100.0 / 109.0), Shown::American(-110));
        assert_eq!(american(Ladder::American(5), 1.0 + 100.0 / 104.0), Shown::American(-105));
        assert_eq!(american(Ladder::American(2), 2.03), Shown::American(102));
        assert_eq!(american(Ladder::American(1), 2.0), Shown::American(100));
        assert_eq!(american(Ladder::American(5), 1.995), Shown::American(-105));
        assert_eq!(american(Ladder::Exchange, 2.31), Shown::Decimal(2.3));
        assert_eq!(american(Ladder::Cents, 1.9), Shown::Probability(0.53));
    }

    #[test]
    fn small_moves_leave_a_price_alone() {
        let ladder = Ladder::American(5);
        let old = ladder.at_or_below(2.07, None);
        assert_eq!(ladder.at_or_below(2.11, Some(old)), old);
        assert_ne!(ladder.at_or_below(2.13, Some(old)), old);
        assert_ne!(ladder.at_or_below(2.02, Some(old)), old);
    }
}
