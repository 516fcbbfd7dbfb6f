//! The bytes of ids, prices, odds events, opportunities and configurations.

use super::{Bytes, Code, Damaged, code_choice, code_newtype, code_struct};
use crate::config::{Anchor, Config, Degraded, Override, OverrideMatch, Profile, ReferenceMode, UnknownEv};
use crate::ids::{BookmakerId, FamilyId, FeedId, FixtureId, Key, MarketId, OpportunityId, OutcomeIndex, ProfileId};
use crate::odds_event::{Filter, MarketShape, OddsUpdate, Scope, Side, SourceRole};
use crate::opportunity::{
    Arbitrage, Ev, EvClass, Figures, Leg, LowHold, LowHoldSide, Middle, MiddleNumber, Opportunity, ProbabilityFrom,
    Reference, ReferenceStep,
};
use crate::time::Timestamp;
use alloc::vec::Vec;
use overround_math::commission::{Base, Commission};
use overround_math::devig::Method;
use overround_math::line::Line;
use overround_math::odds::Odds;
use overround_math::pool::Pool;

code_newtype!(
    BookmakerId,
    FamilyId,
    FeedId,
    FixtureId,
    Key,
    MarketId,
    OpportunityId,
    OutcomeIndex,
    ProfileId,
    Timestamp,
);

code_choice!(Side, [Side::Back, Side::Lay]);
code_choice!(
    MarketShape,
    [
        MarketShape::TwoWay,
        MarketShape::DrawNoBet,
        MarketShape::ThreeWay,
        MarketShape::Spread,
        MarketShape::Total,
        MarketShape::YesNo,
        MarketShape::Listed,
    ]
);
code_choice!(SourceRole, [SourceRole::Primary, SourceRole::Unknown, SourceRole::Degraded, SourceRole::Offline]);
code_choice!(EvClass, [EvClass::Lagging, EvClass::Leading, EvClass::Steady]);
code_choice!(ReferenceStep, [ReferenceStep::Anchor, ReferenceStep::Consensus]);
code_choice!(ProbabilityFrom, [ProbabilityFrom::Ladder, ProbabilityFrom::Model]);
code_choice!(ReferenceMode, [ReferenceMode::AnchorElseConsensus, ReferenceMode::Anchor, ReferenceMode::Consensus]);
code_choice!(Degraded, [Degraded::Warn, Degraded::Drop]);
code_choice!(UnknownEv, [UnknownEv::Drop, UnknownEv::Tell]);
code_choice!(Pool, [Pool::Mean, Pool::LogOdds, Pool::Median]);
code_choice!(Base, [Base::Winnings, Base::Stake, Base::StakeIfWon, Base::Gross, Base::Contract]);
code_choice!(
    Method,
    [
        Method::Multiplicative,
        Method::Additive,
        Method::DifferentialMarginWeighting,
        Method::BalancedBook,
        Method::Goto,
        Method::Power,
        Method::Shin,
        Method::OddsRatio,
        Method::Logarithmic,
        Method::Probit,
        Method::Jsd,
        Method::WorstCase,
    ]
);

impl Code for Line {
    fn put(&self, to: &mut Vec<u8>) {
        self.thousandths().put(to);
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        Self::from_thousandths(i32::take(from)?).ok_or(Damaged)
    }
}

impl Code for Odds {
    fn put(&self, to: &mut Vec<u8>) {
        self.decimal().put(to);
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        Self::new(f64::take(from)?).map_err(|_| Damaged)
    }
}

impl Code for Commission {
    fn put(&self, to: &mut Vec<u8>) {
        self.base().put(to);
        self.rate().put(to);
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        Self::new(Base::take(from)?, f64::take(from)?).map_err(|_| Damaged)
    }
}

code_struct!(Scope { feed, bookmaker, fixture });
code_struct!(OddsUpdate { market, bookmaker, outcome, side, feed, active, main, price, limit, source_ts });
code_struct!(Filter { feed, bookmaker, fixture, market_type, period, participant, line, outcome, side });

code_struct!(Leg {
    market,
    outcome,
    bookmaker,
    side,
    price,
    net_price,
    fair_probability,
    stake_fraction,
    limit,
    age_us,
    seen_ts,
    changed_ts,
});
code_struct!(Arbitrage { profit, profit_min, booksum, gross_booksum, legs, max_total_stake, max_total_stake_known });
code_struct!(LowHold { hold, booksum, sides });
code_struct!(LowHoldSide { outcome, bookmakers, side, price, net_price, fair_probability, age_us });
code_struct!(Ev {
    outcome,
    bookmaker,
    side,
    price,
    net_price,
    fair_probability,
    fair_price,
    ev,
    kelly,
    kelly_prudent,
    confidence,
    class,
    reference,
    bookmakers,
    best_price,
    worst_price,
    limit,
    age_us,
    seen_ts,
    changed_ts,
});
code_struct!(Reference { step, method, bookmakers, price, age_us });
code_struct!(MiddleNumber { n, probability, key });
code_struct!(Middle {
    lower,
    upper,
    numbers,
    worst,
    best,
    booksum,
    middle_probability,
    probability_from,
    ev,
    break_even,
    quality,
    legs,
});
code_struct!(Opportunity {
    ts,
    id,
    profile,
    fixture,
    family,
    market,
    main,
    live,
    detected_ts,
    warnings,
    figures,
    also,
});

impl Code for Figures {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Self::Arbitrage(figures) => {
                1_u8.put(to);
                figures.put(to);
            }
            Self::LowHold(figures) => {
                2_u8.put(to);
                figures.put(to);
            }
            Self::Ev(figures) => {
                3_u8.put(to);
                figures.put(to);
            }
            Self::Middle(figures) => {
                4_u8.put(to);
                figures.put(to);
            }
        }
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        match u8::take(from)? {
            1 => Code::take(from).map(Self::Arbitrage),
            2 => Code::take(from).map(Self::LowHold),
            3 => Code::take(from).map(Self::Ev),
            4 => Code::take(from).map(Self::Middle),
            _ => Err(Damaged),
        }
    }
}

code_struct!(Anchor { bookmaker, weight });
code_struct!(OverrideMatch { sport, league, market, live });
code_struct!(Override { matches, fair, ev, arbitrage, low_hold, middle, lifecycle, freshness });
code_struct!(Profile { name, bookmakers, detect, ev, arbitrage, low_hold, middle, lifecycle, commission, legs });
code_struct!(Config {
    bookmakers,
    detect,
    fair,
    ev,
    arbitrage,
    low_hold,
    middle,
    lifecycle,
    freshness,
    commission,
    legs,
    profiles,
    overrides,
});
