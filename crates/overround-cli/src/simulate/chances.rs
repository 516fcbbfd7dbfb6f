//! What only the simulator knows: the true chances at any moment of the evening.

use super::Simulator;
use super::law::{Law, Measure};
use super::truth::Phase;
use overround_math::line::Line;

/// A question about the final score of a fixture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Who wins, with a draw where the sport has one: home, draw, away or home, away.
    Winner,
    /// The home side's margin above this (the home line negated), or not.
    MarginAbove(Line),
    /// The total above this, or not.
    TotalAbove(Line),
}

/// The true chances of a question's outcomes, in order; where stakes can come back, given that they do not.
pub type Chance = Vec<f64>;

impl Simulator {
    /// The true chances at the time of the last record, before drift, news and scores that are still to come; they are what the contest is
    /// played out by. `None` for a fixture that is not on, or over.
    #[must_use]
    pub fn chances(&self, fixture: &str, question: Question) -> Option<Chance> {
        let truth = self.0.truth(fixture).filter(|truth| truth.phase != Phase::Over)?;
        let mut law = Law::default();
        law.fill(truth.sport.scoring, truth.now());
        let first = match question {
            Question::Winner if truth.sport.offer.three_way => {
                let (home, draw) = (law.above(Measure::Margin, 500), law.exactly(Measure::Margin, 0));
                return Some(vec![home, draw, (1.0 - home - draw).max(0.0)]);
            }
            Question::Winner => law.above(Measure::Margin, 0),
            Question::MarginAbove(line) => law.above(Measure::Margin, line.thousandths()),
            Question::TotalAbove(line) => law.above(Measure::Total, line.thousandths()),
        };
        Some(vec![first, 1.0 - first])
    }
}
