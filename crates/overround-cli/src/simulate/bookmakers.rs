//! The bookmakers of the evening and their habits. The names are real, the habits made up in their spirit.

use super::ladder::Ladder;
use std::borrow::Cow;

/// One source of prices.
#[derive(Clone, Debug)]
pub(super) struct Bookmaker {
    pub(super) key: Cow<'static, str>,
    pub(super) ladder: Ladder,
    /// Overround of a two-way market.
    pub(super) margin: f64,
    /// Standard deviation of its opinions, in the sport's units.
    pub(super) noise: f64,
    /// How slowly it follows what the market knows: time constant in seconds.
    pub(super) lag_s: f64,
    /// Seconds until it notices a score.
    pub(super) reaction_s: f64,
    pub(super) delivery: Delivery,
    /// Seconds between two looks at a fixture, before the start (less than an hour) and in play; 0: nothing in play.
    pub(super) before_s: f64,
    pub(super) live_s: f64,
    /// How many alternate lines on each side of the main one; `None`: the winner alone.
    pub(super) alternates: Option<i32>,
    /// Quotes quarter lines where the sport has them.
    pub(super) fine_lines: bool,
    pub(super) habit: Habit,
    pub(super) clock: Clock,
    /// Largest stake on a main line shortly before the start.
    pub(super) limit: Option<u32>,
    /// Says which line is its main one.
    pub(super) marks_main: bool,
    /// Quotes players' points and the like.
    pub(super) props: bool,
    /// Backs and lays.
    pub(super) exchange: bool,
    /// A second provider carries it too, later.
    pub(super) echoed: bool,
}

/// How its prices come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// Pushed: only what changed.
    Stream,
    /// Polled: everything it shows, every time.
    Poll,
}

/// What it does when it takes no bets for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// A `suspended` record.
    Suspends,
    /// Its prices come as inactive.
    Deactivates,
    /// Its prices are withdrawn.
    Withdraws,
    /// Nothing: its old prices stand.
    Sleeps,
}

/// What its own time of a price means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    None,
    /// When the price last moved.
    Change,
    /// When it was last confirmed.
    Write,
}

/// The most bookmakers there can be.
pub(super) const MOST: u16 = 120;

/// The first `n` bookmakers. Beyond the table come its bookmakers' regional skins.
pub(super) fn bookmakers(n: u16) -> Vec<Bookmaker> {
    const REGIONS: [&str; 4] = ["nj", "pa", "mi", "co"];
    let table = table();
    let skin = |i: usize| {
        let beyond = i - table.len();
        let mut skin = table[beyond % table.len()].clone();
        let region = REGIONS[beyond / table.len() % REGIONS.len()];
        skin.key = Cow::Owned(format!("{}_{region}", skin.key));
        skin
    };
    (0..usize::from(n.min(MOST))).map(|i| table.get(i).cloned().unwrap_or_else(|| skin(i))).collect()
}

fn table() -> Vec<Bookmaker> {
    use Clock::{Change, Write};
    use Habit::{Deactivates, Sleeps, Suspends, Withdraws};
    let american = Ladder::American;
    let us = |key, cents, lag_s, habit| Bookmaker { ladder: american(cents), lag_s, habit, ..retail(key) };
    let eu = |key, lag_s, habit| Bookmaker { ladder: Ladder::Decimal(5), lag_s, habit, ..retail(key) };
    let stream = |b: Bookmaker, before_s, live_s| Bookmaker { delivery: Delivery::Stream, before_s, live_s, ..b };
    vec![
        Bookmaker {
            margin: 0.022,
            noise: 0.08,
            reaction_s: 2.5,
            alternates: Some(3),
            fine_lines: true,
            clock: Change,
            limit: Some(10_000),
            marks_main: true,
            props: true,
            ..stream(us("pinnacle", 1, 6.0, Suspends), 15.0, 12.0)
        },
        Bookmaker { alternates: Some(1), props: true, ..stream(us("draftkings", 1, 25.0, Suspends), 30.0, 15.0) },
        Bookmaker { alternates: Some(1), props: true, ..stream(us("fanduel", 2, 22.0, Withdraws), 30.0, 15.0) },
        exchange("betfair_ex_uk"),
        Bookmaker { clock: Write, marks_main: true, ..us("betmgm", 5, 50.0, Deactivates) },
        Bookmaker {
            alternates: Some(1),
            fine_lines: true,
            margin: 0.05,
            ..stream(eu("bet365", 18.0, Suspends), 25.0, 12.0)
        },
        Bookmaker { clock: Change, echoed: true, ..stream(us("caesars", 5, 40.0, Suspends), 45.0, 20.0) },
        Bookmaker { clock: Write, ..us("betrivers", 1, 60.0, Withdraws) },
        Bookmaker { live_s: 0.0, noise: 0.5, ..us("bovada", 5, 100.0, Sleeps) },
        prediction("kalshi"),
        Bookmaker { clock: Write, ..us("espnbet", 5, 60.0, Deactivates) },
        us("hardrock", 5, 70.0, Suspends),
        Bookmaker { clock: Write, ..us("fanatics", 2, 45.0, Withdraws) },
        Bookmaker { margin: 0.025, noise: 0.25, ..us("lowvig", 1, 35.0, Suspends) },
        us("betparx", 5, 80.0, Sleeps),
        eu("unibet_se", 55.0, Suspends),
        eu("unibet_nl", 57.0, Suspends),
        eu("williamhill", 40.0, Deactivates),
        exchange("matchbook"),
        eu("paddypower", 35.0, Suspends),
        us("betonlineag", 1, 50.0, Suspends),
        eu("marathonbet", 45.0, Withdraws),
        eu("onexbet", 70.0, Sleeps),
        us("ballybet", 5, 90.0, Suspends),
        prediction("polymarket"),
        eu("betway", 60.0, Deactivates),
        eu("sport888", 65.0, Suspends),
        exchange("smarkets"),
        eu("ladbrokes_uk", 50.0, Suspends),
        eu("coral", 50.0, Suspends),
        eu("skybet", 40.0, Withdraws),
        eu("betvictor", 45.0, Suspends),
        eu("leovegas_se", 60.0, Suspends),
        eu("nordicbet", 70.0, Deactivates),
        eu("betsson", 70.0, Deactivates),
        eu("coolbet", 45.0, Suspends),
        eu("tipico_de", 75.0, Sleeps),
        us("mybookieag", 5, 110.0, Sleeps),
        us("betus", 5, 100.0, Suspends),
        us("circasports", 1, 30.0, Suspends),
    ]
}

fn retail(key: &'static str) -> Bookmaker {
    Bookmaker {
        key: Cow::Borrowed(key),
        ladder: Ladder::American(5),
        margin: 0.046,
        noise: 0.36,
        lag_s: 60.0,
        reaction_s: 6.0,
        delivery: Delivery::Poll,
        before_s: 240.0,
        live_s: 60.0,
        alternates: Some(0),
        fine_lines: false,
        habit: Habit::Suspends,
        clock: Clock::None,
        limit: None,
        marks_main: false,
        props: false,
        exchange: false,
        echoed: false,
    }
}

fn exchange(key: &'static str) -> Bookmaker {
    Bookmaker {
        ladder: Ladder::Exchange,
        margin: 0.008,
        noise: 0.12,
        lag_s: 8.0,
        reaction_s: 2.0,
        delivery: Delivery::Stream,
        before_s: 20.0,
        live_s: 15.0,
        clock: Clock::Change,
        limit: Some(2_000),
        exchange: true,
        ..retail(key)
    }
}

fn prediction(key: &'static str) -> Bookmaker {
    Bookmaker {
        ladder: Ladder::Cents,
        margin: 0.02,
        noise: 0.3,
        lag_s: 30.0,
        delivery: Delivery::Stream,
        before_s: 30.0,
        live_s: 15.0,
        alternates: None,
        limit: Some(1_000),
        ..retail(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn keys_are_distinct_and_the_anchor_is_first() {
        let all = bookmakers(MOST);
        assert_eq!(all.len(), usize::from(MOST));
        let keys: BTreeSet<_> = all.iter().map(|b| b.key.clone()).collect();
        assert_eq!(keys.len(), all.len());
        assert_eq!(bookmakers(1)[0].key, "pinnacle");
    }
}
