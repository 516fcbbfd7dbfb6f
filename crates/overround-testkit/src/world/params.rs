//! How large a world is, how fast it moves, and how much goes wrong in it.

/// Size, pace and faults of a [`World`](super::World).
///
/// Times are seconds, rates are shares in [0, 1]; a mean wait of 0 means never.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    /// Fixtures alive at a time; one that is over is replaced by a new one.
    pub fixtures: u32,
    /// Bookmakers, from 1 to 64; the first is the anchor, the second an exchange, the third a prediction market.
    pub bookmakers: u32,
    /// Lines that a bookmaker shows of a ladder; up to three times as many come into being as the ladder drifts.
    pub lines: u32,
    /// Mean time from a fixture's announcement to its start.
    pub lead_s: f64,
    /// Mean length of play.
    pub play_s: f64,
    /// Time in which a bookmaker's prices are polled once, over all fixtures; those in play come more often.
    pub poll_s: f64,
    /// Time between two moves of the truth.
    pub tick_s: f64,
    /// Share of the odds records that repeat an unchanged price, as far as fixtures that come and go leave room for it.
    pub repeats: f64,
    /// How far the truth moves from tick to tick, in logits.
    pub volatility: f64,
    /// How far bookmakers differ in opinion, in logits.
    pub disagreement: f64,
    /// Share of the bookmakers that both feeds carry.
    pub second_feed: f64,
    /// What goes wrong.
    pub faults: Faults,
}

/// How often what goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Faults {
    /// Rate of palpably wrong prices among families priced anew.
    pub blunders: f64,
    /// Rate of polls that come in two parts.
    pub parts: f64,
    /// Rate of suspensions of some of a bookmaker's quotes, by polls.
    pub suspensions: f64,
    /// Rate of removals of some of a bookmaker's quotes, by polls.
    pub removals: f64,
    /// Rate of bad events, by instants.
    pub bad: f64,
    /// Rate of receive clocks that jump, by instants.
    pub clock_jumps: f64,
    /// Rate of fixtures that are put off or brought forward, by ticks before the start.
    pub moved_starts: f64,
    /// Rate of fixtures that end without a word.
    pub silent_ends: f64,
    /// Mean time between two outages of one bookmaker.
    pub outage_every_s: f64,
    /// Mean length of an outage.
    pub outage_s: f64,
    /// Mean time between two reconnects of a whole feed, or snapshots of one fixture.
    pub resync_every_s: f64,
    /// Mean time between two heartbeats or explicit source signals of one bookmaker.
    pub pulse_every_s: f64,
    /// Mean time between two changes of the configuration.
    pub configure_every_s: f64,
}

impl Faults {
    /// Nothing goes wrong.
    pub const NONE: Self = Self {
        blunders: 0.0,
        parts: 0.0,
        suspensions: 0.0,
        removals: 0.0,
        bad: 0.0,
        clock_jumps: 0.0,
        moved_starts: 0.0,
        silent_ends: 0.0,
        outage_every_s: 0.0,
        outage_s: 0.0,
        resync_every_s: 0.0,
        pulse_every_s: 0.0,
        configure_every_s: 0.0,
    };
}

impl Params {
    /// Two fixtures that live for half a minute, five bookmakers, and something wrong all the time: for comparing with a slow model.
    #[must_use]
    pub fn small() -> Self {
        Self {
            fixtures: 2,
            bookmakers: 5,
            lines: 2,
            lead_s: 12.0,
            play_s: 16.0,
            poll_s: 6.0,
            tick_s: 2.0,
            repeats: 0.5,
            volatility: 0.08,
            disagreement: 0.10,
            second_feed: 0.5,
            faults: Faults {
                blunders: 0.03,
                parts: 0.05,
                suspensions: 0.04,
                removals: 0.03,
                bad: 0.05,
                clock_jumps: 0.02,
                moved_starts: 0.05,
                silent_ends: 0.3,
                outage_every_s: 40.0,
                outage_s: 6.0,
                resync_every_s: 12.0,
                pulse_every_s: 8.0,
                configure_every_s: 20.0,
            },
        }
    }

    /// 300 fixtures that live for about an hour, 20 bookmakers polled about once a minute, nine of ten prices unchanged, and what goes
    /// wrong on a bad day: for soaks and benches.
    #[must_use]
    pub fn large() -> Self {
        Self {
            fixtures: 300,
            bookmakers: 20,
            lines: 7,
            lead_s: 1_800.0,
            play_s: 1_800.0,
            poll_s: 60.0,
            tick_s: 20.0,
            repeats: 0.9,
            volatility: 0.008,
            disagreement: 0.02,
            second_feed: 0.3,
            faults: Faults {
                blunders: 0.001,
                parts: 0.01,
                suspensions: 0.002,
                removals: 0.001,
                bad: 0.005,
                clock_jumps: 0.0005,
                moved_starts: 0.001,
                silent_ends: 0.05,
                outage_every_s: 3_600.0,
                outage_s: 60.0,
                resync_every_s: 300.0,
                pulse_every_s: 20.0,
                configure_every_s: 1_800.0,
            },
        }
    }

    /// As [`large`](Self::large), with nothing but prices, fixtures and lines.
    #[must_use]
    pub fn smooth() -> Self {
        Self { faults: Faults::NONE, ..Self::large() }
    }
}
