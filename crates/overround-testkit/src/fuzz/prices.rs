//! Prices and margins.

use super::tape::Tape;
use overround_math::commission::{Base, Commission, lay_as_back};
use overround_math::devig::{Method, devig as solve};
use overround_math::odds::Odds;

const BASES: [Base; 5] = [Base::Winnings, Base::Stake, Base::StakeIfWon, Base::Gross, Base::Contract];

/// A price as text, and as a number in every format: in range or a typed error, and back to the same price; net prices are prices.
pub fn prices(data: &[u8]) {
    if let Ok(text) = core::str::from_utf8(data)
        && let Ok(price) = text.parse::<Odds>()
    {
        in_range(price);
    }
    let mut tape = Tape(data);
    let number = tape.f64();
    let other = tape.f64();
    let read = [
        (Odds::new(number), Odds::decimal as fn(Odds) -> f64),
        (Odds::from_american(number), Odds::american),
        (Odds::from_probability(number), Odds::probability),
        (Odds::from_hong_kong(number), Odds::hong_kong),
        (Odds::from_fractional(number, 1.0), Odds::fractional),
    ];
    for (price, back) in read {
        let Ok(price) = price else { continue };
        in_range(price);
        // What is lost is lost where a price close to 1 is written as its distance from it.
        let again = back(price);
        let slack = 1e-9 * number.abs().max(1.0) / (price.decimal() - 1.0).min(1.0);
        assert!((again - number).abs() <= slack, "{number} is {price:?}, which is {again}");
    }
    for price in [Odds::from_fractional(number, other), Odds::from_malay(number), Odds::from_indonesian(number)] {
        price.into_iter().for_each(in_range);
    }
    let is_price = |net: f64| net > 1.0 && net <= Odds::MAX;
    for base in BASES {
        let Ok(commission) = Commission::new(base, other) else { continue };
        let nets = [commission.back(number), commission.lay(number), lay_as_back(number)];
        assert!(nets.into_iter().flatten().all(is_price), "{commission:?} of {number}: {nets:?}");
        if let (Some(net), Ok(_)) = (commission.back(number), Odds::new(number)) {
            assert!(net <= number * (1.0 + 1e-12), "{commission:?} makes {net} of {number}");
        }
    }
}

fn in_range(price: Odds) {
    let decimal = price.decimal();
    assert!(decimal > 1.0 && decimal <= Odds::MAX, "{decimal}");
}

/// Prices as eight bytes each: an answer inside (0, 1) with the right sum, or a typed error.
pub fn devig(data: &[u8]) {
    let odds: Vec<f64> =
        data.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap_or([0; 8]))).collect();
    let mut fair = vec![0.0; odds.len()];
    for method in Method::ALL {
        let Ok(solution) = solve(method, &odds, &mut fair) else { continue };
        assert!(fair.iter().all(|&p| p > 0.0 && p < 1.0), "{method:?} of {odds:?}: {fair:?}");
        assert!(solution.booksum.is_finite());
        if method != Method::WorstCase {
            let sum: f64 = fair.iter().sum();
            assert!((sum - 1.0).abs() < 1e-9, "{method:?} of {odds:?} sums to {sum}");
        }
    }
}
