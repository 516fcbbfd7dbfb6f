//! What makes an opportunity the same one across price moves.

use crate::books::Books;
use crate::code::code_struct;
use crate::ids::{BookmakerId, Key, MarketId, OpportunityId, OutcomeIndex, ProfileId};
use crate::odds_event::Side;
use crate::opportunity::Kind;
use twox_hash::XxHash3_64;

/// Identity within an engine: dense ids in place of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Identity {
    /// Kind as it enters the id: 1 arbitrage, 2 low hold, 3 ev, 4 middle, 5 back/lay arbitrage.
    pub(crate) code: u8,
    pub(crate) profile: ProfileId,
    /// The market; of a middle the lower line's.
    pub(crate) market: MarketId,
    /// Of a middle the upper line's market.
    pub(crate) upper: Option<MarketId>,
    /// Of an ev and a back/lay arbitrage.
    pub(crate) outcome: Option<OutcomeIndex>,
    /// Of an ev.
    pub(crate) quote: Option<(Side, BookmakerId)>,
}

code_struct!(Identity { code, profile, market, upper, outcome, quote });

impl Identity {
    pub(crate) fn of_market(code: u8, profile: ProfileId, market: MarketId) -> Self {
        Self { code, profile, market, upper: None, outcome: None, quote: None }
    }

    pub(crate) fn kind(self) -> Kind {
        match self.code {
            2 => Kind::LowHold,
            3 => Kind::Ev,
            4 => Kind::Middle,
            _ => Kind::Arbitrage,
        }
    }

    /// xxh3-64 over 58 little-endian bytes of kind and keys: the same in every engine.
    pub(crate) fn id(self, books: &Books) -> OpportunityId {
        const ABSENT: i32 = i32::MIN;
        let market = &books.markets[self.market.index()];
        let family = &books.families[market.family.index()];
        let threshold = |id: MarketId| books.markets[id.index()].threshold().map_or(ABSENT, |line| line.thousandths());
        let (line, upper) = match self.upper {
            Some(upper) => (threshold(self.market), threshold(upper)),
            None => (market.line().map_or(ABSENT, |line| line.thousandths()), ABSENT),
        };
        let outcome = self.outcome.map_or(Key::NONE, |outcome| market.outcomes[outcome.index()]);
        let side = match self.quote {
            None => 0,
            Some((Side::Back, _)) => 1,
            Some((Side::Lay, _)) => 2,
        };
        let bookmaker = self.quote.map_or(Key::NONE, |(_, bookmaker)| books.bookmakers[bookmaker.index()].key);
        let mut bytes = [0_u8; 58];
        let mut at = 0;
        let mut put = |field: &[u8]| {
            bytes[at..at + field.len()].copy_from_slice(field);
            at += field.len();
        };
        put(&[self.code]);
        put(&books.fixtures[market.fixture.index()].key.0.to_le_bytes());
        put(&family.market_type.0.to_le_bytes());
        put(&family.period.0.to_le_bytes());
        put(&family.participant.0.to_le_bytes());
        put(&line.to_le_bytes());
        put(&outcome.0.to_le_bytes());
        put(&[side]);
        put(&bookmaker.0.to_le_bytes());
        put(&upper.to_le_bytes());
        OpportunityId(XxHash3_64::oneshot(&bytes))
    }
}
