//! The memory of solved prices is no part of the state: with a single place, which every solve overwrites, outputs and digest are the
//! same. It would catch a memory that confuses two price vectors, methods or numbers of outcomes.

use overround::{Engine, OpportunityEvent};
use overround_testkit::cases::cases;
use overround_testkit::scenario::{Scenario, Step};
use proptest::prelude::{prop_assert_eq, proptest};

fn play(scenario: &Scenario, mut engine: Engine) -> (Vec<OpportunityEvent>, u64) {
    let mut out = Vec::new();
    for step in &scenario.steps {
        match step {
            Step::Batch(now, events) => drop(engine.apply_batch(*now, events, &mut out)),
            Step::Apply(now, event) => drop(engine.apply(*now, event, &mut out)),
            Step::Advance(now) => engine.advance(*now, &mut out),
            Step::Wake => {
                if let Some((now, _)) = engine.next_deadline() {
                    engine.advance(now, &mut out);
                }
            }
        }
    }
    (out, engine.digest())
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn its_size_changes_nothing(seed: u64) {
        let scenario = Scenario::from_seed(seed);
        let usual = play(&scenario, Engine::new(scenario.config.clone()).unwrap());
        let single = play(&scenario, Engine::with_memo(scenario.config.clone(), 1).unwrap());
        prop_assert_eq!(usual.1, single.1);
        // Compared as text: a figure that is not a number would not equal itself.
        prop_assert_eq!(format!("{:?}", usual.0), format!("{:?}", single.0));
    }
}
