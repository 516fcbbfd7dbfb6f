//! Runs one engine over a large simulated world: `soak EVENTS [EVERY [SEED [PERCENT]]]`. Every so many events it prints how far it is,
//! what was told, what the engine says it holds, and how much memory the process takes; at the end the digest. Fixtures live for so
//! many percent of their usual hour: with fewer, more of them pass through the engine.

#![expect(clippy::disallowed_types, reason = "an example may read a clock")]

use overround::opportunity::{Kind, Reason};
use overround::{Engine, OpportunityEvent};
use overround_testkit::world::{Params, World};
use std::time::Instant;

fn main() -> Result<(), overround::ConfigError> {
    let mut arguments = std::env::args().skip(1).map(|text| text.replace('_', "").parse::<u64>().ok());
    let mut number = |otherwise: u64| arguments.next().flatten().unwrap_or(otherwise);
    let (events, every, seed) = (number(5_000_000), number(500_000), number(1));
    let share = f64::from(u32::try_from(number(100)).unwrap_or(100)) / 100.0;
    let usual = Params::large();
    let params = Params { lead_s: usual.lead_s * share, play_s: usual.play_s * share, ..usual };
    let mut world = World::new(seed, params);
    let mut engine = Engine::new(world.config())?;
    let mut tally = Tally::default();
    let (mut batch, mut out) = (Vec::new(), Vec::new());
    let (mut done, mut next) = (0, every);
    let start = Instant::now();
    while done < events {
        let now = world.next_into(&mut batch);
        let report = engine.apply_batch(now, &batch, &mut out);
        tally.refused += report.rejected.len();
        out.drain(..).for_each(|event| tally.count(&event));
        done += u64::try_from(batch.len()).unwrap_or(0);
        if done >= next || done >= events {
            next += every;
            tally.print(done, start.elapsed().as_secs_f64(), &engine, &world);
        }
    }
    println!("digest {:016x}", engine.digest());
    Ok(())
}

/// What was told so far.
#[derive(Default)]
struct Tally {
    refused: usize,
    detected: [u64; Kind::ALL.len()],
    updated: [u64; Kind::ALL.len()],
    expired: [u64; Kind::ALL.len()],
    reasons: [u64; Reason::ALL.len()],
}

impl Tally {
    fn count(&mut self, event: &OpportunityEvent) {
        let kind = event.kind() as usize;
        match event {
            OpportunityEvent::Detected(_) => self.detected[kind] += 1,
            OpportunityEvent::Updated(_) => self.updated[kind] += 1,
            OpportunityEvent::Expired(it) => {
                self.expired[kind] += 1;
                self.reasons[it.reason as usize] += 1;
            }
        }
    }

    fn print(&self, done: u64, seconds: f64, engine: &Engine, world: &World) {
        let stats = engine.stats();
        let kinds = Kind::ALL.iter().zip(self.detected.iter().zip(self.updated.iter().zip(&self.expired)));
        let told: Vec<String> = kinds.map(|(kind, (d, (u, e)))| format!("{} {d}/{u}/{e}", kind.name())).collect();
        let reasons: Vec<String> =
            Reason::ALL.iter().zip(&self.reasons).map(|(reason, n)| format!("{} {n}", reason.name())).collect();
        let (fixtures, markets) = world.given_out();
        println!("{done} events, {seconds:.1} s, {fixtures} fixtures and {markets} markets so far");
        println!("  resident {} KiB, of them the generator's {} KiB", resident_kib(), world.footprint() / 1024);
        println!("  detected/updated/expired: {}", told.join(", "));
        println!("  expired by: {}; refused {}", reasons.join(", "), self.refused);
        println!("  {stats:?}");
    }
}

/// Resident memory of this process, from /proc (0 where there is none); pages are taken to be of 4 KiB.
fn resident_kib() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).map_or(0, |pages| pages * 4)
}
