//! Examples of reasons, worked by hand where the laws of `explain` leave a choice.

use crate::board::{self, Board, open, permissive};
use overround::config::Config;
use overround::explain::{Derivation, Finding, Miss, Query, QuoteFault, Test, Verdict, WarningReason};
use overround::odds_event::{MarketShape, Scope};
use overround::opportunity::{Kind, Kinds, Reason, Warning};
use overround::{BookmakerId, Engine, FixtureId, MarketId, OddsEvent, OutcomeIndex, ProfileId, Side};

fn findings(engine: &mut Engine, query: &Query) -> Vec<Finding> {
    engine.why_not(query).expect("it is on").findings
}

/// Results that settle alike are one run. Would catch: a run that is missing, or cut in two; a pair of lines that is not shown at its lower one.
#[test]
fn a_middle_settles_in_runs() {
    let board = Board::new(MarketShape::Total, &[8, 24]).back(0, 0, 1, 1.95).back(1, 1, 2, 1.95);
    let mut engine = open(&Config { detect: Kinds::NONE.with(Kind::Middle), ..permissive() }, &board);
    let id = engine.opportunities()[0].id;
    let explanation = engine.explain(id, ProfileId(0)).expect("open");
    let Derivation::Middle(derivation) = explanation.finding.derivation else { panic!("of a middle") };
    let runs: Vec<(Option<i64>, Option<i64>)> = derivation.states.iter().map(|it| (it.from, it.to)).collect();
    // Over 2 loses, is returned, wins; under 6 wins, is returned, loses.
    assert_eq!(runs, [(None, Some(1)), (Some(2), Some(2)), (Some(3), Some(5)), (Some(6), Some(6)), (Some(7), None)]);
    for query in [Query::market(MarketId(0)), Query::market(MarketId(1)), Query::fixture(FixtureId(0))] {
        let found = findings(&mut engine, &query.with_kind(Kind::Middle));
        assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), [Some(id)], "{query:?}");
    }
}

/// Would catch: a back that is said to be no lay, a price that is missing and not said to be, a lay that nobody asked for.
#[test]
fn prices_that_are_missing_are_said_to_be() {
    let evs = Query::market(MarketId(0)).with_kind(Kind::Ev);
    let empty = Board::new(MarketShape::TwoWay, &[]);
    let verdicts: Vec<Verdict> =
        findings(&mut open(&Config::recorded(), &empty), &evs).into_iter().map(|it| it.verdict).collect();
    let no_price = |outcome| Verdict::Missed(Miss::NoPrice { outcome: OutcomeIndex(outcome), lay: false });
    assert_eq!(verdicts, [0, 1].map(no_price));
    let mut board = empty.back(0, 0, 1, 1.9);
    board.prices.insert((0, 0, true, 2), 2.0);
    let removed = Verdict::Missed(Miss::Quote(QuoteFault::DoesNotCount(Reason::Removed)));
    let found = findings(&mut open(&Config::recorded(), &board), &evs);
    let missing: Vec<_> = found.iter().filter(|it| it.verdict == removed).map(|it| it.subject.quote).collect();
    let back = |bookmaker| Some((Side::Back, BookmakerId(bookmaker)));
    assert_eq!(missing, [back(2), back(1), back(2)], "{found:?}");
    assert_eq!(found.len(), 5, "and two that are there, without a reference");
}

/// Would catch: a quote that waits for a snapshot taken for one that was never there.
#[test]
fn a_quote_that_waits_for_a_snapshot_is_said_to() {
    let mut engine = open(&Config::recorded(), &Board::new(MarketShape::TwoWay, &[]).back(0, 0, 1, 1.9));
    let scope = Scope { bookmaker: Some(BookmakerId(1)), ..Scope::default() };
    board::feed(&mut engine, 1, &[OddsEvent::Gap(scope)]);
    let book = engine.market_book(MarketId(0), ProfileId(0)).expect("it is on");
    let of = |outcome| book.quotes.iter().find(|it| it.outcome == OutcomeIndex(outcome)).and_then(|it| it.fault);
    assert_eq!(of(0), Some(QuoteFault::DoesNotCount(Reason::Resync)));
    assert_eq!(of(1), Some(QuoteFault::DoesNotCount(Reason::Removed)));
}

/// Would catch: a cap of 0, which is none, shown as a comparison; an outlier compared with others than the six that there are.
#[test]
fn what_was_compared_is_what_there_is() {
    for (max, is_compared) in [(0.0, false), (0.5, true)] {
        let mut config = Config { detect: Kinds::NONE.with(Kind::Ev), ..Config::recorded() };
        config.ev.max = max;
        let mut board = Board::new(MarketShape::TwoWay, &[]).back(0, 0, 1, 2.4).back(0, 1, 1, 1.6);
        for bookmaker in [0, 2, 3, 4, 5, 6] {
            board = board.back(0, 0, bookmaker, 1.9).back(0, 1, bookmaker, 1.9);
        }
        let mut engine = open(&config, &board);
        let id = engine.opportunities()[0].id;
        let finding = engine.explain(id, ProfileId(0)).expect("open").finding;
        assert_eq!(finding.conditions.iter().any(|it| it.test == Test::EvCap), is_compared);
        let outlier = finding.warnings.iter().find(|it| it.warning == Warning::Outlier).expect("2.4 among 1.9");
        assert!(matches!(outlier.reason, WarningReason::Outlier { others: 6, .. }), "{outlier:?}");
    }
}

/// Would catch: a margin that is not per outcome; a ladder said to be of two half lines where one is whole.
#[test]
fn what_a_view_says_of_columns_and_ladders() {
    let board = Board::new(MarketShape::Total, &[10, 24]).back(0, 0, 1, 1.95).back(0, 1, 1, 1.9).back(1, 1, 2, 1.95);
    let mut engine = open(&Config { detect: Kinds::NONE.with(Kind::Middle), ..permissive() }, &board);
    let book = engine.market_book(MarketId(0), ProfileId(0)).expect("it is on");
    let margin = book.columns[0].margin.expect("complete");
    assert!((margin - (1.0 / 1.95 + 1.0 / 1.9 - 1.0) / 2.0).abs() < 1e-12, "{margin}");
    let id = engine.opportunities()[0].id;
    let finding = engine.explain(id, ProfileId(0)).expect("open").finding;
    let Derivation::Middle(derivation) = finding.derivation else { panic!("of a middle") };
    assert!(!derivation.ladder.is_half, "2.5 and 6");
}
