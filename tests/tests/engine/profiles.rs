//! A profile is a view on the same markets: what it is told is what an engine would tell whose bets are limited to its bookmakers,
//! references being unchanged. Would catch: a profile that moves another's figures, or whose limits reach into references.

use overround::config::{Config, Profile};
use overround::{Key, OddsEvent, Opportunity, OpportunityEvent, ProfileId};
use overround_testkit::cases::cases;
use overround_testkit::scenario::{Features, Scenario, seeds};
use overround_testkit::transform::{engine_of, events_of, take};
use proptest::prelude::{prop_assert_eq, proptest};

/// The configuration of one bettor alone: the profile's keys in place of the base's, all other bookmakers barred from legs.
fn alone(config: &Config, profile: &Profile, all: &[Key]) -> Config {
    let mut own = config.clone();
    own.profiles.clear();
    own.detect = profile.detect.unwrap_or(config.detect);
    profile.ev.apply(&mut own.ev);
    profile.arbitrage.apply(&mut own.arbitrage);
    profile.low_hold.apply(&mut own.low_hold);
    profile.middle.apply(&mut own.middle);
    profile.lifecycle.apply(&mut own.lifecycle);
    profile.legs.apply(&mut own.legs);
    own.lifecycle.retention_after_start_h = config.lifecycle.retention_after_start_h;
    own.commission.extend(profile.commission.iter().map(|(key, commission)| (*key, *commission)));
    if let Some(listed) = &profile.bookmakers {
        let barred = all.iter().filter(|key| !listed.contains(key) && !own.legs.exclude.contains(key));
        let barred: Vec<Key> = barred.copied().collect();
        own.legs.exclude.extend(barred);
    }
    own
}

fn of_profile(told: &[OpportunityEvent], profile: ProfileId) -> Vec<String> {
    let name = |opportunity: &Opportunity| {
        let mut opportunity = opportunity.clone();
        opportunity.profile = ProfileId(0);
        format!("{opportunity:?}")
    };
    let of = |event: &OpportunityEvent| match event {
        OpportunityEvent::Detected(it) if it.profile == profile => Some(format!("detected {}", name(it))),
        OpportunityEvent::Updated(it) if it.profile == profile => Some(format!("updated {}", name(it))),
        OpportunityEvent::Expired(it) if it.profile == profile => {
            Some(format!("expired {} {:?} {} {}", it.id, it.reason, it.ts.0, it.lifetime_us))
        }
        _ => None,
    };
    told.iter().filter_map(of).collect()
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn a_profile_is_an_engine_of_its_own(seed in seeds()) {
        let mut scenario = Scenario::with_features(seed, Features { configure: false, ..Features::ALL });
        // Overrides come before profiles but after the base, where a profile's keys would have to stand.
        scenario.config.overrides.clear();
        let bookmakers = |event: &OddsEvent| match event {
            OddsEvent::Bookmaker(it) => Some(it.key),
            _ => None,
        };
        let all: Vec<Key> = scenario.steps.iter().flat_map(events_of).filter_map(bookmakers).collect();
        let profiles = scenario.config.profiles.clone();
        for (i, profile) in profiles.iter().enumerate() {
            let id = ProfileId(u16::try_from(i).expect("few"));
            let mut shared = engine_of(&scenario);
            let mut own = overround::Engine::new(alone(&scenario.config, profile, &all)).expect("valid");
            for step in &scenario.steps {
                let step = match (step, shared.next_deadline()) {
                    (overround_testkit::scenario::Step::Wake, Some((now, _))) => {
                        overround_testkit::scenario::Step::Advance(now)
                    }
                    (overround_testkit::scenario::Step::Wake, None) => continue,
                    (step, _) => step.clone(),
                };
                let (ours, theirs) = (take(&mut shared, &step), take(&mut own, &step));
                prop_assert_eq!(of_profile(&ours.out, id), of_profile(&theirs.out, ProfileId(0)));
            }
        }
    }
}
