//! One golden line for every kind of opportunity event, written from the format's description.

use super::*;
use crate::catalog::Catalog;
use crate::record::parse_line;
use overround::opportunity::{
    Arbitrage, Ev, EvClass, Expired, Figures, Kind, Kinds, Leg, LowHold, LowHoldSide, Middle, MiddleNumber,
    OpportunityEvent, ProbabilityFrom, Reason, Reference, ReferenceStep, Warning, Warnings,
};
use overround::{
    BookmakerId, FamilyId, FixtureId, MarketId, Opportunity, OpportunityId, OutcomeIndex, ProfileId, Side, Timestamp,
};
use overround_math::devig::Method;
use overround_math::line::Line;

/// Bookmakers "b" (0) and "a" (1); markets: moneyline (0), spread −3.5 (1) and −2.5 (2), a player's total 9.5 (3).
fn catalog() -> Catalog {
    let mut catalog = Catalog::new();
    for rest in [
        r#""bookmaker":"b","market":"moneyline","outcome":"home""#,
        r#""bookmaker":"a","market":"spread","outcome":"home","line":-3.5"#,
        r#""bookmaker":"b","market":"spread","outcome":"away","line":2.5"#,
        r#""bookmaker":"b","market":"player_points","participant":"Élan \"Z\"","period":"q1","outcome":"over","line":9.5"#,
    ] {
        let line = format!(r#"{{"type":"odds","ts":1,"fixture":"f","price":2,{rest}}}"#);
        catalog.translate(&parse_line(line.as_bytes()).unwrap(), &mut Vec::new()).unwrap();
    }
    catalog
}

fn opportunity(market: u32, figures: Figures) -> Box<Opportunity> {
    Box::new(Opportunity {
        ts: Timestamp(1_700_000_000_000_000),
        id: OpportunityId(0x0123_4567_89ab_cdef),
        profile: ProfileId(0),
        fixture: FixtureId(0),
        family: FamilyId(0),
        market: MarketId(market),
        main: None,
        live: false,
        detected_ts: Timestamp(1_699_999_999_000_000),
        warnings: Warnings::NONE,
        figures,
        also: Kinds::NONE,
    })
}

fn leg(market: u32, outcome: u16, bookmaker: u32) -> Leg {
    Leg {
        market: MarketId(market),
        outcome: OutcomeIndex(outcome),
        bookmaker: BookmakerId(bookmaker),
        side: Side::Back,
        price: 2.1,
        net_price: 2.05,
        fair_probability: None,
        stake_fraction: 0.5,
        limit: Some(100.0),
        age_us: 5,
        seen_ts: Timestamp(-1),
        changed_ts: Timestamp(2),
    }
}

#[track_caller]
fn golden(event: &OpportunityEvent, expected: &[&str]) {
    let mut out = b"before\n".to_vec();
    write_event(event, &catalog(), &["mine".to_owned()], &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text, format!("before\n{}\n", expected.concat()));
    // It is JSON, and no key stands twice.
    let value: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(value["ts"], 1_700_000_000_000_000_i64);
}

#[test]
fn arbitrage() {
    let mut legs = vec![leg(0, 0, 0), leg(0, 1, 1)];
    legs[1].side = Side::Lay;
    legs[1].limit = None;
    legs[1].fair_probability = Some(0.1 + 0.2);
    let mut told = opportunity(
        0,
        Figures::Arbitrage(Arbitrage {
            profit: 0.01,
            profit_min: 0.0,
            booksum: 1.0 / 1.01,
            gross_booksum: 0.98,
            legs,
            max_total_stake: None,
            max_total_stake_known: Some(200.0),
        }),
    );
    told.warnings.set(Warning::UnevenAges, true);
    told.warnings.set(Warning::Live, true);
    told.live = true;
    told.main = Some(true);
    told.also = Kinds::NONE.with(Kind::Middle).with(Kind::Ev);
    golden(
        &OpportunityEvent::Detected(told),
        &[
            r#"{"type":"detected","ts":1700000000000000,"id":"0123456789abcdef","profile":"mine","kind":"arbitrage","#,
            r#""fixture":"f","market":"moneyline","period":"full_game","participant":null,"line":null,"main":true,"live":true,"#,
            r#""detected_ts":1699999999000000,"warnings":["live","uneven_ages"],"#,
            r#""profit":0.01,"profit_min":0.0,"booksum":0.9900990099009901,"gross_booksum":0.98,"legs":["#,
            r#"{"outcome":"home","line":null,"bookmaker":"b","side":"back","price":2.1,"net_price":2.05,"fair_probability":null,"#,
            r#""stake_fraction":0.5,"limit":100.0,"age_us":5,"seen_ts":-1,"changed_ts":2},"#,
            r#"{"outcome":"away","line":null,"bookmaker":"a","side":"lay","price":2.1,"net_price":2.05,"#,
            r#""fair_probability":0.30000000000000004,"stake_fraction":0.5,"limit":null,"age_us":5,"seen_ts":-1,"changed_ts":2}],"#,
            r#""max_total_stake":null,"max_total_stake_known":200.0,"also":["ev","middle"]}"#,
        ],
    );
}

#[test]
fn low_hold() {
    let side = |outcome: u16, bookmakers: &[u32]| LowHoldSide {
        outcome: OutcomeIndex(outcome),
        bookmakers: bookmakers.iter().copied().map(BookmakerId).collect(),
        side: Side::Back,
        price: 2.0,
        net_price: 2.0,
        fair_probability: Some(0.5),
        age_us: 0,
    };
    let figures = Figures::LowHold(LowHold { hold: -1e-7, booksum: 1.0, sides: vec![side(0, &[0, 1]), side(1, &[1])] });
    golden(
        &OpportunityEvent::Updated(opportunity(1, figures)),
        &[
            r#"{"type":"updated","ts":1700000000000000,"id":"0123456789abcdef","profile":"mine","kind":"low_hold","#,
            r#""fixture":"f","market":"spread","period":"full_game","participant":null,"line":-3.5,"main":null,"live":false,"#,
            r#""detected_ts":1699999999000000,"warnings":[],"hold":-1e-7,"booksum":1.0,"sides":["#,
            r#"{"outcome":"home","bookmakers":["b","a"],"side":"back","price":2.0,"net_price":2.0,"fair_probability":0.5,"age_us":0},"#,
            r#"{"outcome":"away","bookmakers":["a"],"side":"back","price":2.0,"net_price":2.0,"fair_probability":0.5,"age_us":0}],"#,
            r#""also":[]}"#,
        ],
    );
}

#[test]
fn ev() {
    let figures = Figures::Ev(Ev {
        outcome: OutcomeIndex(0),
        bookmaker: BookmakerId(0),
        side: Side::Lay,
        price: 2.2,
        net_price: 1.8,
        fair_probability: 0.6,
        fair_price: 1.0 / 0.6,
        ev: 0.08,
        kelly: 0.1,
        kelly_prudent: 0.05,
        confidence: 0.75,
        class: EvClass::Leading,
        reference: Reference {
            step: ReferenceStep::Consensus,
            method: Method::OddsRatio,
            // Rank order in the engine, sorted by name when written.
            bookmakers: vec![BookmakerId(0), BookmakerId(1)],
            price: None,
            age_us: 7,
        },
        bookmakers: 3,
        best_price: 2.0,
        worst_price: 2.4,
        limit: None,
        age_us: 0,
        seen_ts: Timestamp(9),
        changed_ts: Timestamp(8),
    });
    golden(
        &OpportunityEvent::Detected(opportunity(3, figures)),
        &[
            r#"{"type":"detected","ts":1700000000000000,"id":"0123456789abcdef","profile":"mine","kind":"ev","#,
            r#""fixture":"f","market":"player_points","period":"q1","participant":"Élan \"Z\"","line":9.5,"main":null,"live":false,"#,
            r#""detected_ts":1699999999000000,"warnings":[],"outcome":"over","bookmaker":"b","side":"lay","price":2.2,"net_price":1.8,"#,
            r#""fair_probability":0.6,"fair_price":1.6666666666666667,"ev":0.08,"kelly":0.1,"kelly_prudent":0.05,"confidence":0.75,"#,
            r#""class":"leading","reference":{"mode":"consensus","method":"odds_ratio","bookmakers":["a","b"],"price":null,"age_us":7},"#,
            r#""bookmakers":3,"best_price":2.0,"worst_price":2.4,"limit":null,"age_us":0,"seen_ts":9,"changed_ts":8,"also":[]}"#,
        ],
    );
}

#[test]
fn middle() {
    let figures = Figures::Middle(Middle {
        lower: Line::from_f64(2.5).unwrap(),
        upper: Line::from_f64(3.5).unwrap(),
        numbers: vec![MiddleNumber { n: 3, probability: Some(0.09), key: Some(true) }],
        worst: -0.03,
        best: 1.0,
        booksum: 1.03,
        middle_probability: Some(0.09),
        probability_from: Some(ProbabilityFrom::Ladder),
        ev: None,
        break_even: Some(0.03),
        quality: Some(0.75),
        legs: vec![leg(2, 0, 0), leg(1, 1, 1)],
    });
    golden(
        &OpportunityEvent::Detected(opportunity(2, figures)),
        &[
            r#"{"type":"detected","ts":1700000000000000,"id":"0123456789abcdef","profile":"mine","kind":"middle","#,
            r#""fixture":"f","market":"spread","period":"full_game","participant":null,"line":null,"main":null,"live":false,"#,
            r#""detected_ts":1699999999000000,"warnings":[],"lower":2.5,"upper":3.5,"size":1.0,"#,
            r#""numbers":[{"n":3,"probability":0.09,"key":true}],"worst":-0.03,"best":1.0,"booksum":1.03,"middle_probability":0.09,"#,
            r#""probability_from":"ladder","ev":null,"break_even":0.03,"quality":0.75,"legs":["#,
            r#"{"outcome":"home","line":-2.5,"bookmaker":"b","side":"back","price":2.1,"net_price":2.05,"fair_probability":null,"#,
            r#""stake_fraction":0.5,"limit":100.0,"age_us":5,"seen_ts":-1,"changed_ts":2},"#,
            r#"{"outcome":"away","line":3.5,"bookmaker":"a","side":"back","price":2.1,"net_price":2.05,"fair_probability":null,"#,
            r#""stake_fraction":0.5,"limit":100.0,"age_us":5,"seen_ts":-1,"changed_ts":2}],"also":[]}"#,
        ],
    );
}

#[test]
fn expired() {
    let event = OpportunityEvent::Expired(Expired {
        ts: Timestamp(1_700_000_000_000_000),
        id: OpportunityId(0xf),
        profile: ProfileId(0),
        kind: Kind::LowHold,
        family: FamilyId(0),
        reason: Reason::Resync,
        lifetime_us: 12,
    });
    golden(
        &event,
        &[
            r#"{"type":"expired","ts":1700000000000000,"id":"000000000000000f","profile":"mine","kind":"low_hold","#,
            r#""reason":"resync","lifetime_us":12}"#,
        ],
    );
}

#[test]
fn an_event_of_another_engine_is_not_written() {
    let low_hold = || Figures::LowHold(LowHold { hold: 0.0, booksum: 1.0, sides: vec![] });
    let mut out = b"kept".to_vec();
    let mut refused = |told: Box<Opportunity>| {
        let error =
            write_event(&OpportunityEvent::Detected(told), &catalog(), &["mine".to_owned()], &mut out).unwrap_err();
        assert_eq!(out, b"kept");
        error
    };
    assert_eq!(refused(opportunity(9, low_hold())), UnknownId::Market(MarketId(9)));
    let mut told = opportunity(0, low_hold());
    told.profile = ProfileId(1);
    assert_eq!(refused(told), UnknownId::Profile(ProfileId(1)));
    let arbitrage = |leg: Leg| {
        Figures::Arbitrage(Arbitrage {
            profit: 0.0,
            profit_min: 0.0,
            booksum: 1.0,
            gross_booksum: 1.0,
            legs: vec![leg],
            max_total_stake: None,
            max_total_stake_known: None,
        })
    };
    assert_eq!(refused(opportunity(0, arbitrage(leg(0, 2, 0)))), UnknownId::Market(MarketId(0)));
    assert_eq!(refused(opportunity(0, arbitrage(leg(0, 0, 7)))), UnknownId::Bookmaker(BookmakerId(7)));
    for (error, text) in [
        (UnknownId::Market(MarketId(9)), "market 9 or its outcome is not in the catalog"),
        (UnknownId::Bookmaker(BookmakerId(7)), "bookmaker 7 is not in the catalog"),
        (UnknownId::Profile(ProfileId(1)), "profile 1 has no name"),
    ] {
        assert_eq!(error.to_string(), text);
    }
}
