//! From a feed to a decision: what to bet where, in whole units, within the limits that bookmakers show.
//!
//! ```text
//! cargo run --release -p overround-examples --bin bot -- recordings/evening.ndjson.zst
//! ```

use overround::opportunity::{Arbitrage, Figures, Opportunity, OpportunityEvent, Warning};
use overround_feed::{Catalog, Feed, Replay, config};
use overround_math::stakes::{Budget, SplitRequest, split_into};
use std::error::Error;

/// What may be spent on one opportunity, and the smallest stake unit.
const BUDGET: f64 = 1_000.0;
const UNIT: f64 = 5.0;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or("recordings/evening.ndjson.zst".to_owned());
    let mut feed = Feed::open(path.as_ref())?;
    // Money is at stake: ages, source budgets and caps are on; what is told has stood for half a second.
    let mut replay = Replay::new(config::load(None, &["preset=\"live\"", "lifecycle.confirm_after_ms=500"])?.config)?;
    let (mut bets, mut profit) = (0, 0.0);
    loop {
        let item = feed.next_item()?;
        let told = match &item {
            Some(item) => replay.apply(item).unwrap_or_default().to_vec(), // a refused record changes nothing
            None => replay.finish().to_vec(),
        };
        for event in &told {
            // What was known already and what is gone ask for no new bet.
            let OpportunityEvent::Detected(found) = event else { continue };
            if let Some(least) = decide(found, replay.catalog()) {
                bets += 1;
                profit += least;
            }
        }
        if item.is_none() {
            break;
        }
    }
    println!("{bets} arbitrages would have been taken, for {profit:.2} at least");
    assert!(bets > 0, "the recording that ships with the project has some");
    Ok(())
}

/// Says what to bet, and returns the least profit; nothing where rounding and limits leave none.
fn decide(found: &Opportunity, catalog: &Catalog) -> Option<f64> {
    let Figures::Arbitrage(Arbitrage { legs, .. }) = &found.figures else { return None };
    let net_prices: Vec<f64> = legs.iter().map(|leg| leg.net_price).collect();
    let limits: Vec<Option<f64>> = legs.iter().map(|leg| leg.limit).collect();
    let request =
        SplitRequest { net_prices: &net_prices, budget: Budget::Total(BUDGET), step: Some(UNIT), limits: &limits };
    let (mut stakes, mut payouts) = (vec![0.0; legs.len()], vec![0.0; legs.len()]);
    let split = split_into(&request, &mut stakes, &mut payouts).ok()?;
    if split.profit_min <= 0.0 || found.warnings.contains(Warning::Suspicious) {
        return None;
    }
    for (leg, stake) in legs.iter().zip(&stakes) {
        let bookmaker = catalog.bookmaker(leg.bookmaker)?;
        let outcome = catalog.market(leg.market)?.outcome(leg.outcome)?;
        println!("{stake:>7} on {outcome} at {bookmaker}, {:?} {}", leg.side, leg.price);
    }
    println!("        at least {:.2} of {}\n", split.profit_min, split.total);
    Some(split.profit_min)
}
