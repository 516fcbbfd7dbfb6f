//! Stable ids, from the bytes that the format names.

use overround::odds_event::{MarketDefinition, Side};
use overround::{Key, OpportunityId};
use twox_hash::XxHash3_64;

/// What tells one opportunity from another within a market or family.
pub(crate) enum Identity {
    Arbitrage,
    LowHold,
    Ev { outcome: Key, side: Side, bookmaker: Key },
    Middle { lower: i32, upper: i32 },
    BackLay { outcome: Key },
}

/// xxh3-64 over 58 little-endian bytes: kind, fixture, market type, period, participant, line, outcome, side, bookmaker, upper line.
pub(crate) fn opportunity_id(fixture: Key, market: &MarketDefinition, identity: &Identity) -> OpportunityId {
    let canonical = market.line.map_or(i32::MIN, overround_math::line::Line::thousandths);
    let (kind, line, outcome, side, bookmaker, upper) = match *identity {
        Identity::Arbitrage => (1_u8, canonical, 0, 0, 0, i32::MIN),
        Identity::LowHold => (2, canonical, 0, 0, 0, i32::MIN),
        Identity::Ev { outcome, side, bookmaker } => {
            let side = if side == Side::Back { 1_u8 } else { 2 };
            (3, canonical, outcome.0, side, bookmaker.0, i32::MIN)
        }
        Identity::Middle { lower, upper } => (4, lower, 0, 0, 0, upper),
        Identity::BackLay { outcome } => (5, canonical, outcome.0, 0, 0, i32::MIN),
    };
    let mut bytes = vec![kind];
    for name in [fixture, market.market_type, market.period, market.participant] {
        bytes.extend(name.0.to_le_bytes());
    }
    bytes.extend(line.to_le_bytes());
    bytes.extend(outcome.to_le_bytes());
    bytes.push(side);
    bytes.extend(bookmaker.to_le_bytes());
    bytes.extend(upper.to_le_bytes());
    assert_eq!(bytes.len(), 58, "the format says 58 bytes");
    OpportunityId(XxHash3_64::oneshot(&bytes))
}
