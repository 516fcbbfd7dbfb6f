//! Snapshots put together by hand, with a check sum that is right. Would catch: a name, a number or an order that no catalog writes, taken
//! as if one had, and then two things that have one id.

use super::*;
use crate::record::parse_line;
use overround::{FixtureId, MarketId};

/// Fixture, market type, period and participant by number, is there a line, outcomes, bookmakers.
type FamilyParts = (u32, u32, u32, Option<u32>, bool, Vec<&'static str>, Vec<u32>);

type Damage = fn(&mut Parts);

/// What a catalog consists of.
#[derive(Clone)]
struct Parts {
    feeds: Vec<&'static str>,
    bookmakers: Vec<&'static str>,
    words: Vec<&'static str>,
    fixtures: Vec<&'static str>,
    families: Vec<FamilyParts>,
    markets: Vec<(u32, Option<i32>)>,
    rest: Vec<u8>,
}

impl Parts {
    fn bytes(&self) -> Vec<u8> {
        seal(MAGIC, CATALOG_VERSION, |to| {
            for table in [&self.feeds, &self.bookmakers, &self.words] {
                put_all(table.iter().copied(), to, |name: &str, to| to.text(name));
            }
            to.len(self.fixtures.len());
            for name in &self.fixtures {
                let info = FixtureInfo { key: (*name).into(), ..FixtureInfo::default() };
                put_fixture(&info, &Span::default(), to);
            }
            put_all(&self.families, to, |family, to| {
                let (fixture, market, period, participant, has_line, outcomes, quoted_by) = family;
                [fixture, market, period].into_iter().for_each(|number| to.u32(*number));
                to.opt(*participant, Writer::u32);
                to.u8((*has_line).into());
                put_all(outcomes.iter().copied(), to, |name: &str, to| to.text(name));
                put_all(quoted_by, to, |bookmaker, to| to.u32(*bookmaker));
            });
            put_all(&self.markets, to, |market, to| {
                to.u32(market.0);
                to.opt(market.1, Writer::i32);
            });
            to.opt(None, Writer::ts);
            self.rest.iter().for_each(|byte| to.u8(*byte));
        })
    }
}

fn good() -> Parts {
    Parts {
        feeds: vec!["", "second"],
        bookmakers: vec!["a", "b"],
        words: vec!["moneyline", "full_game", "outright", "total", "player_points", "p"],
        fixtures: vec!["f", "g"],
        families: vec![
            (0, 0, 1, None, false, vec![], vec![]),
            (0, 2, 1, None, false, vec!["x", "y"], vec![0, 1]),
            (0, 3, 1, None, true, vec![], vec![]),
            (1, 4, 1, Some(5), true, vec![], vec![]),
        ],
        markets: vec![(0, None), (1, None), (2, Some(2_500)), (3, Some(9_500))],
        rest: vec![],
    }
}

#[test]
fn what_is_put_together_as_a_catalog_writes_it_is_one() {
    let mut catalog = Catalog::restore(&good().bytes(), &Config::recorded()).unwrap();
    let market = |number| catalog.market(MarketId(number)).unwrap();
    assert_eq!((market(1).market, market(1).fixture), ("outright", FixtureId(0)));
    assert_eq!((market(3).participant, market(3).line), (Some("p"), Line::from_f64(9.5)));
    // It goes on with the next number.
    let line = br#"{"type":"odds","ts":1,"feed":"third","fixture":"g","bookmaker":"c","market":"moneyline","outcome":"away","price":2}"#;
    catalog.translate(&parse_line(line).unwrap(), &mut Vec::new()).unwrap();
    assert_eq!((catalog.bookmaker_id("c"), catalog.markets()), (Some(BookmakerId(2)), 5));
    assert_eq!(catalog.feed(overround::FeedId(2)), Some("third"));
}

#[test]
fn what_no_catalog_writes_is_refused() {
    let changes: &[(&str, Damage)] = &[
        ("no feed", |parts| parts.feeds.clear()),
        ("the first feed has a name", |parts| parts.feeds = vec!["second"]),
        ("another feed has none", |parts| parts.feeds.swap(0, 1)),
        ("a bookmaker without a name", |parts| parts.bookmakers = vec!["", "b"]),
        ("a word without letters", |parts| parts.words[5] = ""),
        ("a name twice", |parts| parts.bookmakers[1] = "a"),
        ("a fixture twice", |parts| parts.fixtures[1] = "f"),
        ("a fixture without a name", |parts| parts.fixtures[1] = ""),
        ("a family of no fixture", |parts| parts.families[0].0 = 2),
        ("a family of no type", |parts| parts.families[0].1 = 6),
        ("a participant without a name", |parts| parts.families[3].3 = Some(6)),
        ("a built-in type with a list", |parts| parts.families[0].5 = vec!["home", "away"]),
        ("a list of one", |parts| parts.families[1].5 = vec!["x"]),
        ("a list with a name twice", |parts| parts.families[1].5 = vec!["x", "x"]),
        ("a total without a line", |parts| parts.families[2].4 = false),
        ("a moneyline with one", |parts| parts.families[0].4 = true),
        ("a player's market of nobody", |parts| parts.families[3].3 = None),
        ("a family twice", |parts| parts.families[2] = parts.families[0].clone()),
        ("quotes counted of a built-in type", |parts| parts.families[0].6 = vec![0]),
        ("quotes of no bookmaker", |parts| parts.families[1].6 = vec![2]),
        ("bookmakers out of order", |parts| parts.families[1].6 = vec![1, 0]),
        ("a market of no family", |parts| parts.markets[0].0 = 4),
        ("a market of a total without its line", |parts| parts.markets[2].1 = None),
        ("a market of a moneyline with one", |parts| parts.markets[0].1 = Some(500)),
        ("a line out of range", |parts| parts.markets[2].1 = Some(2_000_000_001)),
        ("a market twice", |parts| parts.markets[1] = (0, None)),
        ("more than that", |parts| parts.rest.push(0)),
    ];
    for (what, change) in changes {
        let mut parts = good();
        change(&mut parts);
        assert_eq!(Catalog::restore(&parts.bytes(), &Config::recorded()).err(), Some(Damaged), "{what}");
    }
}
