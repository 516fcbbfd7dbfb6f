//! What must hold for every evening, and what an evening is there for.

use super::*;
use overround::Config;
use overround_feed::{Body, RecordType, Reject, Replay, parse_line};
use std::collections::BTreeMap;

const SMALL: Settings = Settings { seed: 11, fixtures: 6, minutes: 40, bookmakers: 9 };

fn text(settings: Settings) -> Vec<u8> {
    let mut out = Vec::new();
    let mut simulator = Simulator::new(settings);
    while simulator.next_line(&mut out) {}
    out
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty())
}

#[test]
fn the_seed_decides_everything() {
    assert_eq!(text(SMALL), text(SMALL));
    assert_ne!(text(SMALL), text(Settings { seed: 12, ..SMALL }));
}

/// The bytes of one seed. They may only change on purpose: whoever keeps a seed keeps an evening. Everything that goes into them is exact
/// or this project's own arithmetic, so that they are the same on every platform and in every build profile.
#[test]
fn the_bytes_of_a_seed_are_known() {
    assert_eq!(format!("{:016x}", twox_hash::XxHash3_64::oneshot(&text(SMALL))), "7ef6f4e2b276388b");
}

#[test]
fn a_longer_evening_begins_like_a_shorter_one_of_the_same_fixtures() {
    // Starts depend on the length: only what is said of one fixture before anything happens can be the same. More bookmakers leave the
    // contests as they are.
    let of = |bookmakers| {
        let all = text(Settings { bookmakers, ..SMALL });
        lines(&all).find(|line| line.starts_with(br#"{"type":"fixture""#)).map(<[u8]>::to_vec)
    };
    assert_eq!(of(3), of(9));
}

#[test]
fn every_line_is_a_record_in_the_order_of_time_and_none_is_refused() {
    for seed in 0..6 {
        let settings = Settings { seed, minutes: 60 + u32::try_from(seed).unwrap() * 30, bookmakers: 40, ..SMALL };
        let all = text(settings);
        let mut replay = Replay::new(Config::recorded()).unwrap();
        let mut latest = i64::MIN;
        for line in lines(&all) {
            let record = parse_line(line).unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(line)));
            assert!(record.ts.0 >= latest, "time runs backwards: {}", String::from_utf8_lossy(line));
            latest = record.ts.0;
            let refused = replay.apply_record(&record).err();
            assert_eq!(refused, None::<Reject>, "seed {seed}: {}", String::from_utf8_lossy(line));
        }
        replay.finish();
        assert!(latest <= 1_761_498_000_000_000 + i64::from(settings.minutes) * 60_000_000);
        assert_eq!(replay.engine().stats().withheld, 0);
    }
}

#[test]
fn every_type_of_record_occurs() {
    let all = text(Settings { fixtures: 16, minutes: 240, bookmakers: 12, seed: 5 });
    let mut seen: BTreeMap<RecordType, u64> = BTreeMap::new();
    for line in lines(&all) {
        *seen.entry(parse_line(line).unwrap().body.record_type()).or_default() += 1;
    }
    for kind in RecordType::ALL {
        assert!(seen.contains_key(&kind), "no {} in {seen:?}", kind.name());
    }
}

/// Prices are lifelike: each bookmaker's market costs about what it should, and the sharp one is the cheapest.
#[test]
fn margins_are_those_of_the_trade() {
    let all = text(Settings { fixtures: 20, minutes: 20, bookmakers: 9, seed: 3 });
    let mut prices: BTreeMap<(String, String), BTreeMap<String, f64>> = BTreeMap::new();
    for line in lines(&all) {
        if let Body::Odds(odds) = parse_line(line).unwrap().body
            && matches!(odds.market.as_str(), "moneyline" | "match_result")
            && odds.side == overround::Side::Back
            && let Some(price) = odds.price
        {
            let market = prices.entry((odds.bookmaker.to_string(), odds.fixture.to_string())).or_default();
            market.insert(odds.outcome.to_string(), price.odds().decimal());
        }
    }
    let mut booksums: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for ((bookmaker, _), market) in prices {
        booksums.entry(bookmaker).or_default().push(market.values().map(|price| 1.0 / price).sum());
    }
    let mean = |bookmaker: &str| {
        let all = &booksums[bookmaker];
        all.iter().sum::<f64>() / f64::from(u32::try_from(all.len()).unwrap())
    };
    assert!((1.015..1.045).contains(&mean("pinnacle")), "{}", mean("pinnacle"));
    assert!((1.0..1.03).contains(&mean("betfair_ex_uk")), "{}", mean("betfair_ex_uk"));
    for retail in ["draftkings", "fanduel", "betmgm", "caesars", "bet365", "bovada"] {
        assert!((1.035..1.09).contains(&mean(retail)), "{retail} {}", mean(retail));
    }
}
