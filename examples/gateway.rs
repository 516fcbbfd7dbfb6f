//! One engine behind a channel, two bettors: each gets what is open when he joins, then every change, in order.
//!
//! ```text
//! cargo run --release -p overround-examples --bin gateway -- recordings/evening.ndjson.zst
//! ```

use overround::{Opportunity, OpportunityEvent, OpportunityId, ProfileId};
use overround_feed::{Feed, Replay, config};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Two views on one state of the markets.
const CONFIG: &str = r#"
[[profile]]
name = "exchange"
bookmakers = ["betfair_ex_uk", "kalshi", "pinnacle"]
[[profile]]
name = "everywhere"
arbitrage = { min_profit = 0.01 }
detect = ["arbitrage", "ev"]
"#;

/// What a subscriber hears.
enum Message {
    /// All that is open: the first message.
    Snapshot(Vec<Opportunity>),
    Change(OpportunityEvent),
}

/// Its changes go out from here; those before it joined are in its snapshot.
struct Subscriber {
    profile: ProfileId,
    joins_after: u32,
    is_in: bool,
    to: Sender<Message>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or("recordings/evening.ndjson.zst".to_owned());
    let loaded = config::load(Some(config::ConfigFile { name: "gateway", text: CONFIG }), &[])?;
    let mut replay = Replay::new(loaded.config)?;
    let (mut subscribers, mut bettors) = (Vec::new(), Vec::new());
    for (profile, joins_after) in [(ProfileId(0), 0), (ProfileId(1), 20_000)] {
        let (to, from) = channel();
        subscribers.push(Subscriber { profile, joins_after, is_in: false, to });
        bettors.push(thread::Builder::new().spawn(move || listen(&from))?);
    }
    let mut feed = Feed::open(path.as_ref())?;
    let mut records = 0;
    while let Some(item) = feed.next_item()? {
        let told = replay.apply(&item).unwrap_or_default().to_vec();
        serve(&mut subscribers, &told, &replay, records);
        records += 1;
    }
    let told = replay.finish().to_vec();
    serve(&mut subscribers, &told, &replay, records);
    drop(subscribers); // no more changes
    for (number, bettor) in (0..).zip(bettors) {
        let view = bettor.join().expect("a bettor that only listens does not panic");
        let open: Vec<OpportunityId> = replay
            .engine()
            .opportunities()
            .iter()
            .filter(|it| it.profile == ProfileId(number))
            .map(|it| it.id)
            .collect();
        println!("profile {:?}: {} open at the end", loaded.profile_names[usize::from(number)], view.len());
        // The law of the stream: snapshot and changes, summed up, are what is open.
        assert!(open.len() == view.len() && open.iter().all(|id| view.contains_key(id)));
    }
    Ok(())
}

/// The engine's side: changes to those who are in, then whoever joins now gets all that is open.
fn serve(subscribers: &mut [Subscriber], told: &[OpportunityEvent], replay: &Replay, records: u32) {
    for subscriber in subscribers {
        let profile = subscriber.profile;
        if subscriber.is_in {
            for event in told.iter().filter(|event| event.profile() == profile) {
                let _ = subscriber.to.send(Message::Change(event.clone())); // who has left hears nothing
            }
        } else if records >= subscriber.joins_after {
            subscriber.is_in = true;
            let open = replay.engine().opportunities().into_iter().filter(|it| it.profile == profile);
            let _ = subscriber.to.send(Message::Snapshot(open.collect()));
        }
    }
}

/// A bettor's side: a view that is always what the engine told.
fn listen(from: &Receiver<Message>) -> BTreeMap<OpportunityId, Opportunity> {
    let mut view = BTreeMap::new();
    for message in from {
        match message {
            Message::Snapshot(open) => view = open.into_iter().map(|it| (it.id, it)).collect(),
            Message::Change(OpportunityEvent::Detected(it) | OpportunityEvent::Updated(it)) => {
                view.insert(it.id, *it);
            }
            Message::Change(OpportunityEvent::Expired(gone)) => {
                view.remove(&gone.id);
            }
        }
    }
    view
}
