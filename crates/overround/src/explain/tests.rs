//! What verdicts and reasons are called. Would catch: two that cannot be told apart, a formula whose sign is not that of the comparison, a
//! text without its numbers.

use super::*;
use crate::ids::OutcomeIndex;
use alloc::collections::BTreeSet;
use alloc::string::ToString;
use overround_math::devig::Method;
use overround_math::model::FitError;

const TESTS: [Test; 12] = [
    Test::Ev,
    Test::EvCap,
    Test::Booksum,
    Test::LeastProfit,
    Test::ProfitCap,
    Test::Hold,
    Test::SizeMin,
    Test::SizeMax,
    Test::Numbers,
    Test::Loss,
    Test::NeverLoses,
    Test::MiddleEv,
];

#[test]
fn every_comparison_has_a_name_and_the_formula_of_its_direction() {
    assert_eq!(TESTS.map(Test::name).into_iter().collect::<BTreeSet<_>>().len(), TESTS.len());
    assert_eq!(TESTS.map(Test::formula).into_iter().collect::<BTreeSet<_>>().len(), TESTS.len());
    for test in TESTS {
        let sign = match test.relation() {
            Relation::AtLeast => '≥',
            Relation::AtMost => '≤',
        };
        let signs: Vec<char> = test.formula().chars().filter(|sign| "≥≤<>".contains(*sign)).collect();
        assert_eq!(signs, [sign], "{}", test.formula());
        // `EvCap` is `ev_cap` where names are read by programs.
        assert_eq!(test.name().replace('_', ""), alloc::format!("{test:?}").to_lowercase());
    }
}

#[test]
fn the_excess_is_how_far_a_figure_is_beyond_its_bound() {
    for test in TESTS {
        let excess = |value| Condition::new(test, value, 1.0, false).excess();
        let (below, above) = (excess(0.75), excess(1.25));
        match test.relation() {
            Relation::AtLeast => assert_eq!((below, above), (0.25, -0.25), "{test:?}"),
            Relation::AtMost => assert_eq!((below, above), (-0.25, 0.25), "{test:?}"),
        }
    }
}

#[test]
fn reasons_for_no_reference_say_what_is_missing() {
    for (reason, text) in [
        (NoReference::NoAnchor, "no anchor takes part, and fair.mode is \"anchor\""),
        (NoReference::JudgedIsAnchor, "no other anchor takes part, and an anchor is never judged by a consensus"),
        (
            NoReference::TooFew { members: 2, needed: 3 },
            "too few take part in the consensus: 2, where fair.min_books asks for 3",
        ),
    ] {
        assert_eq!(reason.to_string(), text);
    }
}

#[test]
fn faults_of_columns_carry_their_numbers() {
    for (fault, text) in [
        (ColumnFault::Incomplete(OutcomeIndex(1)), "incomplete"),
        (ColumnFault::Booksum { booksum: 0.951_23, min: 0.98 }, "booksum 0.9512 below fair.reference_booksum_min 0.98"),
        (
            ColumnFault::Margin { margin: 0.123_46, max: 0.1 },
            "margin per outcome 0.1235 above fair.reference_margin_max 0.1",
        ),
        (ColumnFault::NoAnswer(Method::Shin), "no answer of shin strictly inside (0, 1)"),
    ] {
        assert_eq!(fault.to_string(), text);
    }
}

#[test]
fn those_left_out_are_told_apart() {
    let all = [
        (LeftOut::NotAnAnchor, "not an anchor"),
        (LeftOut::NoWeight, "weight 0"),
        (LeftOut::Judged, "is the one judged"),
        (LeftOut::GroupOfJudged, "in a group with the one judged"),
        (LeftOut::GroupTaken, "one of its group takes part already"),
        (LeftOut::Source, "source offline or stale"),
        (LeftOut::Column, "column takes no part"),
        (LeftOut::OneLine, "does not quote the upper line"),
        (LeftOut::UpperColumn, "column on the upper line takes no part"),
        (LeftOut::Negative(0.01), "above is likelier on the upper line than on the lower"),
    ];
    for (reason, text) in all {
        assert_eq!(reason.text(), text);
    }
}

#[test]
fn reasons_for_no_law_of_results_say_why() {
    for (reason, text) in [
        (NoModel::NoTable, "there is no model of results for this sport and market"),
        (NoModel::InPlay, "the model of results is for before the start"),
        (NoModel::Fit(FitError::Misfit), "the model of results fits nothing: the lines contradict each other"),
    ] {
        assert_eq!(reason.to_string(), text);
    }
}
