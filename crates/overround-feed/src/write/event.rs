//! Opportunity events out.

use super::json::{Json, Object};
use super::record::side_name;
use crate::catalog::{Catalog, MarketInfo};
use core::fmt;
use overround::opportunity::{
    Arbitrage, Ev, Expired, Figures, Kind, Leg, LowHold, LowHoldSide, Middle, OpportunityEvent, Reference,
};
use overround::{BookmakerId, MarketId, Opportunity, OpportunityId, OutcomeIndex, ProfileId, Timestamp};
use std::io::Write;

/// Appends an opportunity event as one JSON line, with its newline; names come from the catalog and `profiles` (by [`ProfileId`]).
///
/// # Errors
/// [`UnknownId`] if the event names an id that neither knows; then `out` is as it was.
pub fn write_event(
    event: &OpportunityEvent,
    catalog: &Catalog,
    profiles: &[String],
    out: &mut Vec<u8>,
) -> Result<(), UnknownId> {
    let before = out.len();
    let writer = Writer { catalog, profiles };
    let mut object = Object::open(out);
    let written = match event {
        OpportunityEvent::Detected(opportunity) => writer.opportunity("detected", opportunity, &mut object),
        OpportunityEvent::Updated(opportunity) => writer.opportunity("updated", opportunity, &mut object),
        OpportunityEvent::Expired(expired) => writer.expired(expired, &mut object),
    };
    object.close();
    out.push(b'\n');
    if written.is_err() {
        out.truncate(before);
    }
    written
}

/// An opportunity event names an id that the catalog or the list of profiles does not have: they belong to another engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownId {
    /// A market, or an outcome of it.
    Market(MarketId),
    /// A bookmaker.
    Bookmaker(BookmakerId),
    /// A profile.
    Profile(ProfileId),
}

impl fmt::Display for UnknownId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Market(id) => write!(f, "market {} or its outcome is not in the catalog", id.0),
            Self::Bookmaker(id) => write!(f, "bookmaker {} is not in the catalog", id.0),
            Self::Profile(id) => write!(f, "profile {} has no name", id.0),
        }
    }
}

impl core::error::Error for UnknownId {}

/// Where names come from.
struct Writer<'a> {
    catalog: &'a Catalog,
    profiles: &'a [String],
}

impl Writer<'_> {
    fn opportunity(&self, event: &str, opportunity: &Opportunity, object: &mut Object<'_>) -> Result<(), UnknownId> {
        let market = self.market(opportunity.market)?;
        let is_middle = matches!(opportunity.figures, Figures::Middle(_));
        let Opportunity { ts, id, profile, .. } = *opportunity;
        self.head(event, (ts, id, profile, opportunity.kind()), object)?;
        let fixture = self.catalog.fixture(market.fixture).ok_or(UnknownId::Market(opportunity.market))?;
        object.field("fixture", &*fixture.key);
        object.field("market", market.market);
        object.field("period", market.period);
        object.field("participant", market.participant);
        object.field("line", market.line.filter(|_| !is_middle));
        object.field("main", opportunity.main);
        object.field("live", opportunity.live);
        object.field("detected_ts", opportunity.detected_ts.0);
        object.values("warnings", opportunity.warnings.iter().map(|warning| warning.name()));
        match &opportunity.figures {
            Figures::Arbitrage(arbitrage) => self.arbitrage(arbitrage, object)?,
            Figures::LowHold(low_hold) => self.low_hold(low_hold, opportunity.market, object)?,
            Figures::Ev(ev) => self.ev(ev, opportunity.market, object)?,
            Figures::Middle(middle) => self.middle(middle, object)?,
        }
        object.values("also", opportunity.also.iter_by_name().map(|kind| kind.name()));
        Ok(())
    }

    fn expired(&self, expired: &Expired, object: &mut Object<'_>) -> Result<(), UnknownId> {
        let Expired { ts, id, profile, kind, .. } = *expired;
        self.head("expired", (ts, id, profile, kind), object)?;
        object.field("reason", expired.reason.name());
        object.field("lifetime_us", expired.lifetime_us);
        Ok(())
    }

    /// The keys that all events begin with.
    fn head(
        &self,
        event: &str,
        (ts, id, profile, kind): (Timestamp, OpportunityId, ProfileId, Kind),
        object: &mut Object<'_>,
    ) -> Result<(), UnknownId> {
        object.field("type", event);
        object.field("ts", ts.0);
        object.field("id", id);
        let profile = self.profiles.get(profile.index()).ok_or(UnknownId::Profile(profile))?;
        object.field("profile", profile.as_str());
        object.field("kind", kind.name());
        Ok(())
    }

    fn arbitrage(&self, arbitrage: &Arbitrage, object: &mut Object<'_>) -> Result<(), UnknownId> {
        object.field("profit", arbitrage.profit);
        object.field("profit_min", arbitrage.profit_min);
        object.field("booksum", arbitrage.booksum);
        object.field("gross_booksum", arbitrage.gross_booksum);
        object.list("legs", &arbitrage.legs, |leg, out| self.leg(leg, out))?;
        object.field("max_total_stake", arbitrage.max_total_stake);
        object.field("max_total_stake_known", arbitrage.max_total_stake_known);
        Ok(())
    }

    fn low_hold(&self, low_hold: &LowHold, market: MarketId, object: &mut Object<'_>) -> Result<(), UnknownId> {
        object.field("hold", low_hold.hold);
        object.field("booksum", low_hold.booksum);
        object.list("sides", &low_hold.sides, |side, out| self.low_hold_side(side, market, out))
    }

    fn low_hold_side(&self, side: &LowHoldSide, market: MarketId, out: &mut Vec<u8>) -> Result<(), UnknownId> {
        let mut object = Object::open(out);
        object.field("outcome", self.outcome(market, side.outcome)?);
        object.list("bookmakers", &side.bookmakers, |&bookmaker, out| {
            self.bookmaker(bookmaker)?.write(out);
            Ok(())
        })?;
        object.field("side", side_name(side.side));
        object.field("price", side.price);
        object.field("net_price", side.net_price);
        object.field("fair_probability", side.fair_probability);
        object.field("age_us", side.age_us);
        object.close();
        Ok(())
    }

    fn ev(&self, ev: &Ev, market: MarketId, object: &mut Object<'_>) -> Result<(), UnknownId> {
        object.field("outcome", self.outcome(market, ev.outcome)?);
        object.field("bookmaker", self.bookmaker(ev.bookmaker)?);
        object.field("side", side_name(ev.side));
        object.field("price", ev.price);
        object.field("net_price", ev.net_price);
        object.field("fair_probability", ev.fair_probability);
        object.field("fair_price", ev.fair_price);
        object.field("ev", ev.ev);
        object.field("kelly", ev.kelly);
        object.field("kelly_prudent", ev.kelly_prudent);
        object.field("confidence", ev.confidence);
        object.field("class", ev.class.name());
        self.reference(&ev.reference, object.key("reference"))?;
        object.field("bookmakers", ev.bookmakers);
        object.field("best_price", ev.best_price);
        object.field("worst_price", ev.worst_price);
        object.field("limit", ev.limit);
        object.field("age_us", ev.age_us);
        object.field("seen_ts", ev.seen_ts.0);
        object.field("changed_ts", ev.changed_ts.0);
        Ok(())
    }

    fn reference(&self, reference: &Reference, out: &mut Vec<u8>) -> Result<(), UnknownId> {
        let names: Result<Vec<&str>, UnknownId> = reference.bookmakers.iter().map(|&id| self.bookmaker(id)).collect();
        let mut names = names?;
        names.sort_unstable();
        let mut object = Object::open(out);
        object.field("mode", reference.step.name());
        object.field("method", reference.method.name());
        object.values("bookmakers", names);
        object.field("price", reference.price);
        object.field("age_us", reference.age_us);
        object.close();
        Ok(())
    }

    fn middle(&self, middle: &Middle, object: &mut Object<'_>) -> Result<(), UnknownId> {
        object.field("lower", middle.lower);
        object.field("upper", middle.upper);
        let size = i64::from(middle.upper.thousandths()) - i64::from(middle.lower.thousandths());
        object.field("size", Thousandths(size));
        let Ok(()) = object.list("numbers", &middle.numbers, |number, out| {
            let mut object = Object::open(out);
            object.field("n", number.n);
            object.field("probability", number.probability);
            object.field("key", number.key);
            object.close();
            Ok::<(), core::convert::Infallible>(())
        });
        object.field("worst", middle.worst);
        object.field("best", middle.best);
        object.field("booksum", middle.booksum);
        object.field("middle_probability", middle.middle_probability);
        object.field("probability_from", middle.probability_from.map(|from| from.name()));
        object.field("ev", middle.ev);
        object.field("break_even", middle.break_even);
        object.field("quality", middle.quality);
        object.list("legs", &middle.legs, |leg, out| self.leg(leg, out))
    }

    fn leg(&self, leg: &Leg, out: &mut Vec<u8>) -> Result<(), UnknownId> {
        let market = self.market(leg.market)?;
        let mut object = Object::open(out);
        object.field("outcome", self.outcome(leg.market, leg.outcome)?);
        object.field("line", market.own_line(leg.outcome));
        object.field("bookmaker", self.bookmaker(leg.bookmaker)?);
        object.field("side", side_name(leg.side));
        object.field("price", leg.price);
        object.field("net_price", leg.net_price);
        object.field("fair_probability", leg.fair_probability);
        object.field("stake_fraction", leg.stake_fraction);
        object.field("limit", leg.limit);
        object.field("age_us", leg.age_us);
        object.field("seen_ts", leg.seen_ts.0);
        object.field("changed_ts", leg.changed_ts.0);
        object.close();
        Ok(())
    }

    fn market(&self, market: MarketId) -> Result<MarketInfo<'_>, UnknownId> {
        self.catalog.market(market).ok_or(UnknownId::Market(market))
    }

    fn outcome(&self, market: MarketId, outcome: OutcomeIndex) -> Result<&str, UnknownId> {
        self.market(market)?.outcome(outcome).ok_or(UnknownId::Market(market))
    }

    fn bookmaker(&self, bookmaker: BookmakerId) -> Result<&str, UnknownId> {
        self.catalog.bookmaker(bookmaker).ok_or(UnknownId::Bookmaker(bookmaker))
    }
}

impl Json for OpportunityId {
    fn write(self, out: &mut Vec<u8>) {
        write!(out, "\"{self}\"").expect("a buffer takes all that is written");
    }
}

/// A difference of lines.
struct Thousandths(i64);

impl Json for Thousandths {
    fn write(self, out: &mut Vec<u8>) {
        #[expect(clippy::cast_precision_loss, reason = "differences of lines are far below 2^53")]
        (self.0 as f64 / 1000.0).write(out);
    }
}
