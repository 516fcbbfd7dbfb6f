//! Errors as text: each says what is wrong, which of several it is, and is told apart from all others. Prices in other formats.

use overround_math::devig::{Cause, DevigError, Method};
use overround_math::kelly::{KellyError, MAX_INDEPENDENT};
use overround_math::model::FitError;
use overround_math::odds::{Odds, OddsError};
use overround_math::stakes::{MAX_LEGS, StakeError};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Display;

/// All texts differ, and each has what it must.
#[track_caller]
fn check<E: Display>(errors: &[(E, &str)]) {
    for (error, part) in errors {
        assert!(error.to_string().contains(part), "{error}: {part}");
    }
    let texts: BTreeSet<String> = errors.iter().map(|(error, _)| error.to_string()).collect();
    assert_eq!(texts.len(), errors.len());
}

#[test]
fn prices_show_what_their_format_allows() {
    check(&[
        (OddsError::OutOfRange, "above 1 and not above 1,000,000"),
        (OddsError::American, "not lie between -100 and +100"),
        (OddsError::Probability, "between 0% and 100%"),
        (OddsError::Malay, "between -1 and 1 and not be 0"),
        (OddsError::Indonesian, "must not lie between -1 and 1"),
        (OddsError::Syntax, "write 1.91, +150, -110, 52% or 5/2"),
    ]);
}

#[test]
fn stakes_name_the_leg() {
    check(&[
        (StakeError::TooFewLegs, "at least two"),
        (StakeError::TooManyLegs, &format!("at most {MAX_LEGS} legs")),
        (StakeError::Lengths, "as many places and limits as legs"),
        (StakeError::Price(3), "leg 3: not a price"),
        (StakeError::Stake(4), "leg 4: step, limits or placed stake"),
        (StakeError::Account(5), "leg 5: its account"),
        (StakeError::Total, "the total"),
        (StakeError::Step, "the step"),
        (StakeError::NoAim, "no leg aims at a profit"),
        (StakeError::Minima, "the smallest stakes"),
        (StakeError::NothingFits, "fits within total, limits and rounding"),
        (StakeError::Unbounded, "neither a total nor a limit"),
        (StakeError::TooFine, "take a larger step or a smaller total"),
    ]);
}

#[test]
fn kelly_names_the_bet() {
    check(&[
        (KellyError::Lengths, "as many probabilities and places as prices"),
        (KellyError::Probability(1), "bet 1: the probability"),
        (KellyError::Price(2), "bet 2: not a price"),
        (KellyError::Sum, "must not sum to more than 1"),
        (KellyError::TooMany, &format!("at most {MAX_INDEPENDENT} independent bets")),
        (KellyError::Unsolved, "too extreme"),
    ]);
}

#[test]
fn fits_say_what_is_wrong_with_the_lines() {
    check(&[
        (FitError::Empty, "at least one line"),
        (FitError::Probability, "strictly between 0 and 1"),
        (FitError::Range, "beyond what the law can hold"),
        (FitError::Misfit, "contradict each other"),
    ]);
}

#[test]
fn margin_removal_names_the_price_or_the_method() {
    let no_answer = |cause| DevigError::NoValidAnswer { method: Method::Shin, cause };
    check(&[
        (DevigError::Infinite { index: 2 }, "price 2 is infinite"),
        (DevigError::Single, "one price is no market"),
        (DevigError::Target, "the target must lie above 0"),
        (DevigError::Booksum, "the booksum must lie above 0"),
        (DevigError::Probability { index: 1 }, "probability 1 is not inside (0, 1)"),
        (DevigError::NoInverse, "cannot be turned round"),
        (DevigError::Members, "members other than itself"),
        (no_answer(Cause::NoRoot), "no valid answer: shin has no solution"),
        (no_answer(Cause::Outside), "no valid answer: shin puts a probability outside"),
    ]);
}

/// A table of conversions: decimal, American, Malay, Indonesian, profit.
#[test]
fn prices_in_other_formats_by_hand() {
    for (decimal, american, malay, indonesian) in
        [(3.0, 200.0, -0.5, 2.0), (2.0, 100.0, 1.0, 1.0), (1.5, -200.0, 0.5, -2.0), (1.25, -400.0, 0.25, -4.0)]
    {
        let odds = Odds::new(decimal).expect("a price");
        assert_eq!((odds.american(), odds.malay(), odds.indonesian()), (american, malay, indonesian));
        assert_eq!((odds.hong_kong(), odds.fractional()), (decimal - 1.0, decimal - 1.0));
    }
}

proptest! {
    /// Shown in a format and read again, a price is the same but for rounding.
    #[test]
    fn prices_shown_are_read_back(decimal in prop_oneof![1.0001..3.0, 1.0001..1000.0_f64]) {
        let odds = Odds::new(decimal).expect("a price");
        let again = [
            Odds::from_american(odds.american()),
            Odds::from_malay(odds.malay()),
            Odds::from_indonesian(odds.indonesian()),
            Odds::from_probability(odds.probability()),
        ];
        for again in again {
            let again = again.expect("what was shown").decimal();
            prop_assert!((again / decimal - 1.0).abs() < 1e-12, "{again} {decimal}");
        }
    }
}
