//! One bookmaker's price for one outcome, as stored.

use crate::code::{Bytes, Code, Damaged};
use crate::ids::FeedId;
use crate::odds_event::OddsUpdate;
use crate::time::Timestamp;
use alloc::vec::Vec;
use overround_math::odds::Odds;

const PRESENT: u16 = 1;
const ACTIVE: u16 = 1 << 1;
const PRICED: u16 = 1 << 2;
const SOURCED: u16 = 1 << 3;
const LIMITED: u16 = 1 << 4;
const MAIN_KNOWN: u16 = 1 << 5;
const MAIN: u16 = 1 << 6;
const GONE_BY_RESYNC: u16 = 1 << 7;
const AWAITING: u16 = 1 << 8;
const ALL: u16 = (1 << 9) - 1;

/// A quote, read from its market's block or to be written there.
///
/// The fields are private because which of them mean something is in `flags`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Quote {
    price: f64,
    limit: f64,
    seen: i64,
    changed: i64,
    source: i64,
    feed: FeedId,
    flags: u16,
}

/// What a quote is stored as. Whatever the flags do not speak of is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Parts {
    pub(crate) price: f64,
    pub(crate) limit: f64,
    pub(crate) seen: i64,
    pub(crate) changed: i64,
    pub(crate) source: i64,
    pub(crate) feed: u16,
    /// Nine bits.
    pub(crate) flags: u16,
}

impl Quote {
    /// The quote that was stored as this.
    #[inline]
    pub(crate) const fn of(parts: Parts) -> Self {
        let Parts { price, limit, seen, changed, source, feed, flags } = parts;
        Self { price, limit, seen, changed, source, feed: FeedId(feed), flags }
    }

    /// What to store.
    #[inline]
    pub(crate) const fn parts(&self) -> Parts {
        let Self { price, limit, seen, changed, source, feed, flags } = *self;
        Parts { price, limit, seen, changed, source, feed: feed.0, flags }
    }

    /// What an active quote with a price would be stored as, whatever was there before; `None` for other updates.
    #[inline(always)]
    pub(crate) fn of_usual(update: &OddsUpdate, now: Timestamp) -> Option<Parts> {
        let price = update.price.filter(|_| update.active)?.decimal();
        let flag = |flag: u16, on: bool| if on { flag } else { 0 };
        let flags = PRESENT
            | ACTIVE
            | PRICED
            | flag(SOURCED, update.source_ts.is_some())
            | flag(LIMITED, update.limit.is_some())
            | flag(MAIN_KNOWN, update.main.is_some())
            | flag(MAIN, update.main == Some(true));
        Some(Parts {
            price,
            limit: update.limit.unwrap_or_default(),
            seen: now.0,
            changed: now.0,
            source: update.source_ts.unwrap_or_default().0,
            feed: update.feed.0,
            flags,
        })
    }

    const fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    const fn put(&mut self, flag: u16, on: bool) {
        if on {
            self.flags |= flag;
        } else {
            self.flags &= !flag;
        }
    }

    /// Has it been fed, and not been removed since?
    pub(crate) const fn is_present(&self) -> bool {
        self.has(PRESENT)
    }

    /// May it be bet on, as far as its bookmaker says?
    pub(crate) const fn is_active(&self) -> bool {
        self.has(ACTIVE)
    }

    /// Does it wait for a snapshot after a gap?
    pub(crate) const fn is_awaiting(&self) -> bool {
        self.has(AWAITING)
    }

    /// Was it removed because it did not come again in a snapshot?
    pub(crate) const fn is_gone_by_resync(&self) -> bool {
        self.has(GONE_BY_RESYNC)
    }

    /// Decimal odds as shown; 0 if there never was a price.
    pub(crate) const fn price(&self) -> f64 {
        if self.has(PRICED) { self.price } else { 0.0 }
    }

    pub(crate) fn limit(&self) -> Option<f64> {
        self.has(LIMITED).then_some(self.limit)
    }

    pub(crate) fn main(&self) -> Option<bool> {
        self.has(MAIN_KNOWN).then(|| self.has(MAIN))
    }

    pub(crate) const fn seen(&self) -> Timestamp {
        Timestamp(self.seen)
    }

    pub(crate) const fn changed(&self) -> Timestamp {
        Timestamp(self.changed)
    }

    pub(crate) const fn feed(&self) -> FeedId {
        self.feed
    }

    /// The bookmaker's own time of the price.
    pub(crate) fn source_ts(&self) -> Option<Timestamp> {
        self.has(SOURCED).then_some(Timestamp(self.source))
    }

    /// What its age is counted from.
    pub(crate) const fn age_base(&self) -> Timestamp {
        if self.has(SOURCED) { Timestamp(self.source) } else { Timestamp(self.seen) }
    }

    /// Microseconds since its source gave it, else since it was seen; never negative.
    pub(crate) fn age_us(&self, now: Timestamp) -> i64 {
        now.since_us(self.age_base()).max(0)
    }

    /// The first time at which it is older than `limit_us` if it stays as it is; `None` if it is that now, and at the end of time.
    #[inline]
    pub(crate) fn expiry(&self, limit_us: i64, now: Timestamp) -> Option<Timestamp> {
        Some(self.age_base().plus_us(limit_us).plus_us(1)).filter(|&at| at > now)
    }

    /// Has it changed, or been given a source time, at or after `barrier`?
    pub(crate) fn passes(&self, barrier: Timestamp) -> bool {
        self.changed >= barrier.0 || (self.has(SOURCED) && self.source >= barrier.0)
    }

    /// Would `update` lose to what is stored: another feed wrote it with a newer source time?
    pub(crate) fn outranks(&self, update: &OddsUpdate) -> bool {
        self.has(PRESENT)
            && self.has(SOURCED)
            && self.feed != update.feed
            && update.source_ts.is_some_and(|source| source.0 < self.source)
    }

    /// Replaces the quote; returns whether price or activity moved.
    pub(crate) fn write(&mut self, update: &OddsUpdate, now: Timestamp) -> bool {
        let old_price = self.price();
        let new_price = update.price.map_or(old_price, |price| price.decimal());
        let moved = !self.has(PRESENT) || self.has(ACTIVE) != update.active || new_price != old_price;
        let had_price = self.has(PRICED);
        let awaiting = self.flags & AWAITING;
        self.flags = PRESENT | awaiting;
        self.put(ACTIVE, update.active);
        self.put(PRICED, update.price.is_some() || had_price);
        self.put(SOURCED, update.source_ts.is_some());
        self.put(LIMITED, update.limit.is_some());
        self.put(MAIN_KNOWN, update.main.is_some());
        self.put(MAIN, update.main == Some(true));
        self.price = new_price;
        self.limit = update.limit.unwrap_or_default();
        self.source = update.source_ts.unwrap_or_default().0;
        self.feed = update.feed;
        self.seen = now.0;
        if moved {
            self.changed = now.0;
        }
        moved
    }

    /// Takes it out of the market; how it went is remembered for the reason of an expiry.
    pub(crate) fn remove(&mut self, by_resync: bool) {
        *self = Self { flags: if by_resync { GONE_BY_RESYNC } else { 0 }, ..Self::default() };
    }

    /// Makes it inactive; returns whether it was active.
    pub(crate) fn suspend(&mut self, now: Timestamp) -> bool {
        let moved = self.has(ACTIVE);
        if moved {
            self.put(ACTIVE, false);
            self.changed = now.0;
        }
        moved
    }

    pub(crate) fn set_awaiting(&mut self, on: bool) {
        self.put(AWAITING, on);
    }
}

impl Code for Quote {
    fn put(&self, to: &mut Vec<u8>) {
        self.flags.put(to);
        self.feed.put(to);
        self.price.put(to);
        self.limit.put(to);
        (self.seen, self.changed).put(to);
        self.source.put(to);
    }

    /// Only a quote that is present, as a snapshot holds no others.
    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        let (flags, feed) = Code::take(from)?;
        let (price, limit) = Code::take(from)?;
        let (seen, changed) = Code::take(from)?;
        let quote = Self { price, limit, seen, changed, source: Code::take(from)?, feed, flags };
        // What the flags do not speak of is nothing.
        let is_priced = if quote.has(PRICED) { Odds::new(price).is_ok() } else { is_zero(price) && !quote.is_active() };
        let is_limited = if quote.has(LIMITED) { limit.is_finite() && limit >= 0.0 } else { is_zero(limit) };
        let is_sourced = quote.has(SOURCED) || quote.source == 0;
        let is_known = flags & !(ALL ^ GONE_BY_RESYNC) == 0 && quote.is_present();
        if is_priced && is_limited && is_sourced && is_known { Ok(quote) } else { Err(Damaged) }
    }
}

const fn is_zero(number: f64) -> bool {
    number.to_bits() == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{BookmakerId, MarketId, OutcomeIndex};
    use crate::odds_event::Side;

    fn update(price: Option<f64>, active: bool) -> OddsUpdate {
        OddsUpdate {
            market: MarketId(0),
            bookmaker: BookmakerId(0),
            outcome: OutcomeIndex(0),
            side: Side::Back,
            feed: FeedId(0),
            active,
            main: None,
            price: price.map(|price| Odds::new(price).unwrap()),
            limit: None,
            source_ts: None,
        }
    }

    #[test]
    fn only_moves_of_price_or_activity_change_the_changed_clock() {
        let mut quote = Quote::default();
        assert!(quote.write(&update(Some(2.0), true), Timestamp(1)));
        assert!(!quote.write(&update(Some(2.0), true), Timestamp(2)));
        assert_eq!((quote.seen(), quote.changed()), (Timestamp(2), Timestamp(1)));
        assert!(quote.write(&update(None, false), Timestamp(3)));
        assert_eq!(quote.price(), 2.0, "an inactive quote without a price keeps its price");
        assert!(quote.write(&update(Some(2.1), false), Timestamp(4)));
        quote.remove(true);
        assert!(!quote.is_present() && quote.is_gone_by_resync() && quote.price() == 0.0);
        assert!(quote.write(&update(None, false), Timestamp(5)), "a quote that comes again is new");
        assert_eq!(quote.price(), 0.0);
    }

    #[test]
    fn the_usual_quote_is_the_one_that_is_written() {
        let mut quote = Quote::default();
        for (limit, main, source) in
            [(None, None, None), (Some(5.0), Some(true), Some(3)), (Some(0.0), Some(false), Some(0))]
        {
            let source_ts = source.map(Timestamp);
            let update = OddsUpdate { limit, main, source_ts, ..update(Some(2.0 + limit.unwrap_or(0.5)), true) };
            quote.write(&update, Timestamp(9));
            assert_eq!(Quote::of_usual(&update, Timestamp(9)), Some(quote.parts()));
        }
        assert_eq!(Quote::of_usual(&update(Some(2.0), false), Timestamp(9)), None);
    }
}
