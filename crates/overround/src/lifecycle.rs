//! From candidates to opportunity events: what is told, when, and why it ends.
//!
//! Detection says what stands now; this part compares it with what was told. Policy (confirmation, hysteresis, smallest change)
//! lives here and nowhere else, so that detection can be checked by recomputing it from scratch.

mod changes;

use crate::books::{Basis, Books, Flags, QuoteKey};
use crate::code::{Bytes, Code, Damaged, code_struct};
use crate::config::EPSILON;
use crate::deadlines::DeadlineKind;
use crate::detect::{
    Candidate, Detector, Scratch, aged_quotes, freshen, gauge_all, glance, has_close_pair, in_market, is_quiet,
};
use crate::identity::Identity;
use crate::ids::{FamilyId, MarketId, OpportunityId, ProfileId};
use crate::opportunity::{
    Arbitrage, Ev, Expired, Figures, Kind, LowHold, Middle, Opportunity, OpportunityEvent, Reason,
};
use crate::pages::Pages;
use crate::rules::Thresholds;
use crate::time::Timestamp;
use crate::verify;
use alloc::boxed::Box;
use alloc::vec::Vec;
use changes::{Change, News, Phase};
use smallvec::SmallVec;

pub(crate) use changes::also;

/// What is known of one opportunity, told or not.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) identity: Identity,
    pub(crate) id: OpportunityId,
    pub(crate) state: State,
    /// As last told; present exactly while open (but for the instant of its detection).
    pub(crate) told: Option<Box<Opportunity>>,
}

/// Where an opportunity is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Stands since then, not told yet; a deadline is armed for when it will have stood long enough.
    Pending { since: Timestamp, due: Timestamp },
    /// Stands beyond a cap, not told.
    Capped,
    /// Told.
    Open,
}

code_struct!(Entry { identity, id, state, told });

impl Entry {
    /// Has it been told, and not its end?
    pub(crate) fn is_open(&self) -> bool {
        self.state == State::Open
    }
}

impl Code for State {
    fn put(&self, to: &mut Vec<u8>) {
        match *self {
            Self::Pending { since, due } => {
                1_u8.put(to);
                (since, due).put(to);
            }
            Self::Capped => 2_u8.put(to),
            Self::Open => 3_u8.put(to),
        }
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        match u8::take(from)? {
            1 => Code::take(from).map(|(since, due)| Self::Pending { since, due }),
            2 => Ok(Self::Capped),
            3 => Ok(Self::Open),
            _ => Err(Damaged),
        }
    }
}

/// All entries, by family, and counts.
#[derive(Debug)]
pub(crate) struct Tracker {
    pub(crate) families: Pages<Vec<Entry>>,
    /// Episodes not told, or ended, by a cap; by kind.
    pub(crate) capped: [u64; 4],
    /// Opportunities whose recomputation gave other figures.
    pub(crate) withheld: u64,
    /// By profile.
    found: Vec<Vec<Candidate>>,
    /// The lines of the family under judgement.
    lines: Vec<MarketId>,
    changes: Vec<Change>,
    /// Markets that were dirty at the end of an instant, for those who ask; `None` while nobody does.
    pub(crate) touched: Option<Vec<MarketId>>,
    /// How many of the dirty markets were looked at in passing.
    glanced: usize,
    /// Dirty markets of families in which something has to be judged.
    loud: Vec<(FamilyId, MarketId)>,
    scratch: Scratch,
    recomputed: verify::Recomputed,
    /// By kind: room to work out what an opportunity is compared by.
    sketches: [Opportunity; 4],
}

/// Which entries a list of candidates speaks for: all of them that are not candidates are over.
#[derive(Clone, Copy)]
enum Extent<'a> {
    Market(MarketId),
    Middles(&'a [MarketId]),
}

impl Extent<'_> {
    fn covers(self, entry: &Entry) -> bool {
        let identity = &entry.identity;
        match self {
            Self::Market(market) => identity.upper.is_none() && identity.market == market,
            Self::Middles(markets) => {
                identity.upper.is_some_and(|upper| markets.contains(&identity.market) || markets.contains(&upper))
            }
        }
    }
}

impl Tracker {
    pub(crate) fn new() -> Self {
        let sketches = [
            Figures::Arbitrage(Arbitrage::default()),
            Figures::LowHold(LowHold::default()),
            Figures::Ev(Ev::default()),
            Figures::Middle(Middle::default()),
        ];
        Self {
            families: Pages::default(),
            capped: [0; 4],
            withheld: 0,
            found: Vec::new(),
            lines: Vec::new(),
            changes: Vec::new(),
            touched: None,
            glanced: 0,
            loud: Vec::new(),
            scratch: Scratch::default(),
            recomputed: verify::Recomputed::default(),
            sketches: sketches.map(Opportunity::blank),
        }
    }

    /// Judges all dirty markets and tells what changed.
    pub(crate) fn instant(&mut self, books: &mut Books, is_configured: bool, out: &mut Vec<OpportunityEvent>) {
        self.glanced = 0;
        touch_refreshed(&self.families, books);
        if is_configured {
            self.drop_lost_profiles(books);
        }
        if books.dirty.is_empty() && self.changes.is_empty() {
            return;
        }
        if let Some(touched) = &mut self.touched {
            touched.extend_from_slice(&books.dirty);
        }
        let mut dirty = core::mem::take(&mut books.dirty);
        self.listen(books, &dirty);
        if !self.loud.is_empty() {
            self.make_room(books);
            let mut loud = core::mem::take(&mut self.loud);
            loud.sort_unstable();
            for markets in loud.chunk_by(|a, b| a.0 == b.0) {
                self.judge_family(books, markets, is_configured);
            }
            loud.clear();
            self.loud = loud;
        }
        debug_assert!(books.dirty.is_empty(), "judging touches nothing");
        dirty.clear();
        books.dirty = dirty;
        if !self.changes.is_empty() {
            self.tell(out);
        }
    }

    /// Looks at the markets that became dirty since it last looked, while they are in the cache: most are quiet already, and are dirty
    /// again if anything else moves them before the instant ends.
    pub(crate) fn glance_over(&mut self, books: &mut Books) {
        let mut kept = self.glanced;
        for at in self.glanced..books.dirty.len() {
            let id = books.dirty[at];
            let market = &books.markets[id.index()];
            if market.entries == 0 && glance(books, id) == Some(true) {
                #[cfg(debug_assertions)]
                self.check_quiet(books, id, true);
                books.markets[id.index()].keep_quiet(true);
                if let Some(touched) = &mut self.touched {
                    touched.push(id);
                }
            } else {
                books.dirty[kept] = id;
                kept += 1;
            }
        }
        books.dirty.truncate(kept);
        self.glanced = kept;
    }

    /// Screens the dirty markets and lists those of families in which something has to be judged exactly.
    fn listen(&mut self, books: &mut Books, dirty: &[MarketId]) {
        self.loud.clear();
        let mut has_ladders = false;
        for &id in dirty {
            let has_entries = books.markets[id.index()].entries > 0;
            let seen = glance(books, id);
            if seen == Some(true) && !has_entries {
                #[cfg(debug_assertions)]
                self.check_quiet(books, id, true);
                books.markets[id.index()].keep_quiet(true);
                continue;
            }
            let is_quiet = seen.unwrap_or_else(|| is_quiet(books, &mut self.scratch, id));
            let market = &mut books.markets[id.index()];
            // By consensus only a glance keeps what later prices can be compared with.
            market.keep_quiet(is_quiet && market.basis != Basis::Consensus);
            let is_loud = market.entries > 0 || !is_quiet;
            market.flags.put(Flags::LOUD, is_loud);
            #[cfg(debug_assertions)]
            self.check_quiet(books, id, is_quiet);
            let market = &mut books.markets[id.index()];
            has_ladders |= market.line().is_some();
            if is_loud {
                self.loud.push((market.family, id));
            }
        }
        if !has_ladders {
            return;
        }
        for &id in dirty {
            let market = &books.markets[id.index()];
            let family = market.family;
            if market.line().is_none() || books.families[family.index()].has_middles_to_judge {
                continue;
            }
            if market.middles > 0 || self.is_close(books, id) {
                books.families[family.index()].has_middles_to_judge = true;
            }
        }
        for &id in dirty {
            let market = &books.markets[id.index()];
            if !market.flags.has(Flags::LOUD) && books.families[market.family.index()].has_middles_to_judge {
                self.loud.push((market.family, id));
            }
        }
    }

    /// As [`check_quiet`](Self::check_quiet), if the market is not to be judged anyway.
    #[cfg(debug_assertions)]
    pub(crate) fn check_quiet_still(&mut self, books: &mut Books, id: MarketId) {
        self.check_quiet(books, id, !books.markets[id.index()].flags.has(Flags::DIRTY));
    }

    /// What the screen calls quiet is judged all the same, and must hold nothing.
    #[cfg(debug_assertions)]
    fn check_quiet(&mut self, books: &mut Books, id: MarketId, is_quiet: bool) {
        if is_quiet {
            let mut found = core::mem::take(&mut self.found);
            found.resize_with(books.rules.profiles().len(), Vec::new);
            found.iter_mut().for_each(Vec::clear);
            in_market(books, &mut self.scratch, id, &mut found);
            debug_assert!(found.iter().all(Vec::is_empty), "the screen held something back: {found:?}");
            self.found = found;
        }
    }

    /// Can a price of the line move any middle of its family? Where a law of results is fitted to all lines, that of any two others as
    /// well.
    fn is_close(&self, books: &Books, id: MarketId) -> bool {
        let family = books.markets[id.index()].family;
        let known = &books.families[family.index()];
        if known.ladder.len() < 2 {
            return false;
        }
        let is_fitted = known.sport.is_some() || self.scratch.laws.knows(family);
        has_close_pair(books, family, Some(id)) || (is_fitted && has_close_pair(books, family, None))
    }

    /// Takes up the entries of a snapshot: the books stand as they stood, and nothing is told.
    pub(crate) fn resume(&mut self, books: &mut Books, entries: Vec<Entry>) {
        self.make_room(books);
        for entry in entries {
            if let State::Pending { due, .. } = entry.state {
                books.deadlines.push(due, DeadlineKind::Confirm, entry.identity.market.0);
            }
            let detector = Detector { books, scratch: &mut self.scratch, profile: entry.identity.profile };
            if let Some((market, at)) = entry.told.as_ref().and_then(|told| detector.ages_change_at(told)) {
                books.arm_recheck(market, at);
            }
            count(books, &entry.identity, 1);
            self.families[books.markets[entry.identity.market.index()].family.index()].push(entry);
        }
        gauge_all(books, &mut self.scratch);
        for market in core::mem::take(&mut books.dirty) {
            books.markets[market.index()].flags.put(Flags::DIRTY, false);
        }
        books.refreshed.clear();
    }

    /// Forgets the fixtures that were over in this instant.
    pub(crate) fn bury(&mut self, books: &mut Books) {
        self.make_room(books);
        let (families, scratch) = (&mut self.families, &mut self.scratch);
        books.bury(|family| families.release(family.index()), |market| scratch.forget(market));
    }

    /// A list of entries for every family.
    fn make_room(&mut self, books: &Books) {
        while self.families.len() < books.families.len() {
            self.families.push(Vec::new());
        }
    }

    /// Judges the dirty markets of one family, then the middles over them, for every profile.
    fn judge_family(&mut self, books: &mut Books, markets: &[(FamilyId, MarketId)], is_configured: bool) {
        let mut found = core::mem::take(&mut self.found);
        let mut lines = core::mem::take(&mut self.lines);
        let family = markets[0].0;
        let is_ladder = core::mem::take(&mut books.families[family.index()].has_middles_to_judge);
        lines.clear();
        let wants_middles = books.rules.profiles().iter().any(|profile| profile.detect.contains(Kind::Middle));
        let is_refitted = is_ladder && wants_middles && self.scratch.laws.refresh(books, family);
        if is_refitted {
            // Another law of results moves the middles between all lines.
            lines.extend(books.families[family.index()].ladder.iter().map(|&(_, market)| market));
        } else {
            lines.extend(markets.iter().map(|&(_, market)| market));
        }
        found.resize_with(books.rules.profiles().len(), Vec::new);
        for &(_, market) in markets {
            if !books.markets[market.index()].flags.has(Flags::LOUD) {
                continue;
            }
            found.iter_mut().for_each(Vec::clear);
            in_market(books, &mut self.scratch, market, &mut found);
            self.settle(books, Extent::Market(market), &mut found, is_configured);
        }
        if is_ladder {
            freshen(books, &mut self.scratch, family);
        }
        for (profile, found) in found.iter_mut().enumerate().filter(|_| is_ladder) {
            let profile = ProfileId::at(profile);
            found.clear();
            for (i, &market) in lines.iter().enumerate() {
                let mut detector = Detector { books, scratch: &mut self.scratch, profile };
                // All lines are in the order of the ladder: those before were paired with this one already.
                let first = if is_refitted { i + 1 } else { 0 };
                let is_done = |other| !is_refitted && lines[..i].contains(&other);
                detector.middles(market, first, is_done, found);
            }
        }
        if is_ladder {
            self.settle(books, Extent::Middles(&lines), &mut found, is_configured);
        }
        self.found = found;
        self.lines = lines;
    }

    /// Compares the candidates of each profile with what stands, in the extent that they speak for.
    fn settle(&mut self, books: &mut Books, extent: Extent<'_>, found: &mut [Vec<Candidate>], is_configured: bool) {
        let family = match extent {
            Extent::Market(market) => books.markets[market.index()].family,
            Extent::Middles(markets) => books.markets[markets[0].index()].family,
        };
        let mut entries = core::mem::take(&mut self.families[family.index()]);
        if entries.is_empty() && found.iter().all(Vec::is_empty) {
            return;
        }
        found.iter_mut().for_each(|found| found.sort_unstable_by_key(|candidate| candidate.identity));
        let count_found = found.iter().map(Vec::len).sum();
        match extent {
            Extent::Market(market) => self.scratch.open_market(books, market, count_found),
            Extent::Middles(_) => self.scratch.open_middles(count_found),
        }
        entries.retain_mut(|entry| {
            if !extent.covers(entry) {
                return true;
            }
            // Entries of profiles that are gone were dropped before.
            let found = &mut found[usize::from(entry.identity.profile.0)];
            match found.binary_search_by_key(&entry.identity, |candidate| candidate.identity) {
                Ok(at) => {
                    found[at].is_known = true;
                    let stays = self.follow(books, entry, &found[at], is_configured);
                    if !stays {
                        count(books, &entry.identity, -1);
                    }
                    stays
                }
                Err(_) => {
                    self.expire(books, entry, is_configured, false);
                    count(books, &entry.identity, -1);
                    false
                }
            }
        });
        for candidate in found.iter().flatten().filter(|candidate| candidate.is_strict && !candidate.is_known) {
            let begun = self.begin(books, candidate);
            begun.iter().for_each(|entry| count(books, &entry.identity, 1));
            entries.extend(begun);
        }
        self.scratch.close();
        self.recomputed.clear();
        debug_assert!(is_counted(books, extent, &entries), "a market knows what stands in it");
        self.families[family.index()] = entries;
    }

    /// A candidate that was none before.
    fn begin(&mut self, books: &mut Books, candidate: &Candidate) -> Option<Entry> {
        let mut entry =
            Entry { identity: candidate.identity, id: candidate.identity.id(books), state: State::Capped, told: None };
        if candidate.is_capped {
            self.capped[entry.identity.kind() as usize] += 1;
            return Some(entry);
        }
        let wait = thresholds(books, &entry.identity).confirm_after_us();
        if wait > 0 {
            let due = books.now.plus_us(wait);
            entry.state = State::Pending { since: books.now, due };
            books.deadlines.push(due, DeadlineKind::Confirm, entry.identity.market.0);
            return Some(entry);
        }
        self.detect(books, &mut entry, candidate).then_some(entry)
    }

    /// An entry that is still a candidate; returns whether it stays.
    fn follow(&mut self, books: &mut Books, entry: &mut Entry, candidate: &Candidate, is_configured: bool) -> bool {
        if entry.state != State::Open && !candidate.is_strict {
            return false;
        }
        match entry.state {
            State::Capped if candidate.is_capped => true,
            _ if candidate.is_capped => {
                if entry.state == State::Open {
                    self.expire(books, entry, is_configured, true);
                }
                entry.state = State::Capped;
                entry.told = None;
                self.capped[entry.identity.kind() as usize] += 1;
                candidate.is_strict
            }
            State::Capped => match self.begin(books, candidate) {
                Some(begun) => {
                    *entry = begun;
                    true
                }
                None => false,
            },
            State::Pending { since, due: armed } => {
                let due = since.plus_us(thresholds(books, &entry.identity).confirm_after_us());
                if books.now >= due {
                    return self.detect(books, entry, candidate);
                }
                // Other rules may have come into force since: another configuration, a start.
                if due != armed {
                    entry.state = State::Pending { since, due };
                    books.deadlines.push(due, DeadlineKind::Confirm, entry.identity.market.0);
                }
                true
            }
            State::Open => self.update(books, entry, candidate),
        }
    }

    /// Tells it as new; returns whether it stood its recomputation.
    fn detect(&mut self, books: &mut Books, entry: &mut Entry, candidate: &Candidate) -> bool {
        self.sketch(books, candidate);
        let Some(opportunity) = self.finish(books, candidate) else { return false };
        entry.state = State::Open;
        self.push(entry, Phase::Detected, News::Told(opportunity));
        true
    }

    /// Tells it again if it changed enough; returns whether it stood its recomputation.
    fn update(&mut self, books: &mut Books, entry: &mut Entry, candidate: &Candidate) -> bool {
        self.sketch(books, candidate);
        let told = entry.told.as_ref().expect("an open entry was told");
        let min_change = thresholds(books, &entry.identity).lifecycle.min_change;
        if !is_news(told, &self.sketches[candidate.identity.kind() as usize], min_change) {
            return true;
        }
        let Some(mut opportunity) = self.finish(books, candidate) else {
            self.expire(books, entry, false, false);
            return false;
        };
        opportunity.detected_ts = told.detected_ts;
        self.push(entry, Phase::Updated, News::Told(opportunity));
        true
    }

    /// Works out what the candidate is compared by, in the room kept for its kind.
    fn sketch(&mut self, books: &mut Books, candidate: &Candidate) {
        let sketch = &mut self.sketches[candidate.identity.kind() as usize];
        let mut detector = Detector { books, scratch: &mut self.scratch, profile: candidate.identity.profile };
        if let Some(at) = detector.sketch(candidate, sketch) {
            books.arm_recheck(candidate.legs[0].market, at);
        }
    }

    /// Makes the sketch of the candidate whole and recomputes it; `None` if that gives other figures.
    fn finish(&mut self, books: &mut Books, candidate: &Candidate) -> Option<Box<Opportunity>> {
        let sketch = &mut self.sketches[candidate.identity.kind() as usize];
        Detector { books, scratch: &mut self.scratch, profile: candidate.identity.profile }.finish(candidate, sketch);
        let holds = verify::holds(books, sketch, &mut self.recomputed);
        debug_assert!(holds, "recomputing by settlement gives other figures: {sketch:?}");
        if !holds {
            self.withheld += 1;
            return None;
        }
        Some(Box::new(sketch.clone()))
    }

    /// Tells the end of an open entry; of others nothing.
    fn expire(&mut self, books: &Books, entry: &Entry, is_configured: bool, is_capped: bool) {
        let Some(told) = entry.told.as_ref().filter(|_| entry.state == State::Open) else { return };
        let reason = reason(books, entry, told, is_configured, is_capped);
        let expired = Expired {
            ts: books.now,
            id: entry.id,
            profile: entry.identity.profile,
            kind: entry.identity.kind(),
            family: told.family,
            reason,
            lifetime_us: books.now.since_us(told.detected_ts),
        };
        self.changes.push(Change {
            family: told.family,
            kind: expired.kind,
            phase: Phase::Expired,
            id: entry.id,
            profile: expired.profile,
            identity: entry.identity,
            news: News::Gone(expired),
        });
    }

    fn push(&mut self, entry: &Entry, phase: Phase, news: News) {
        let News::Told(opportunity) = &news else { return };
        self.changes.push(Change {
            family: opportunity.family,
            kind: entry.identity.kind(),
            phase,
            id: entry.id,
            profile: entry.identity.profile,
            identity: entry.identity,
            news,
        });
    }

    /// An open opportunity.
    pub(crate) fn find(&self, id: OpportunityId, profile: ProfileId) -> Option<&Entry> {
        let is_it = |entry: &&Entry| entry.id == id && entry.identity.profile == profile && entry.told.is_some();
        self.families.iter().flat_map(|(_, entries)| entries).find(is_it)
    }

    /// What is known of a family.
    pub(crate) fn entries(&self, family: FamilyId) -> &[Entry] {
        self.families.get(family.index()).here().map_or(&[], Vec::as_slice)
    }

    /// About how many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        let entry = |entry: &Entry| size_of::<Entry>() + entry.told.as_ref().map_or(0, |_| size_of::<Opportunity>());
        let entries: usize = self.families.iter().flat_map(|(_, entries)| entries).map(entry).sum();
        self.families.bytes() + entries + self.scratch.bytes()
    }

    /// Is there a candidate of the market that will have stood long enough then?
    pub(crate) fn waits(&self, family: FamilyId, market: MarketId, then: Timestamp) -> bool {
        let is_due = |entry: &Entry| {
            entry.identity.market == market && matches!(entry.state, State::Pending { due, .. } if due == then)
        };
        self.entries(family).iter().any(is_due)
    }

    /// Everything told as open, in the order of output.
    pub(crate) fn open(&self) -> Vec<&Opportunity> {
        let mut open: Vec<&Opportunity> =
            self.families.iter().flat_map(|(_, entries)| entries).filter_map(|entry| entry.told.as_deref()).collect();
        open.sort_unstable_by_key(|told| (told.family, told.kind(), told.id, told.profile));
        open
    }

    /// After a new configuration: the entries of profiles that are no more are over. A profile is its position in the list.
    fn drop_lost_profiles(&mut self, books: &mut Books) {
        let profiles = books.rules.profiles().len();
        let mut families = core::mem::take(&mut self.families);
        for (_, entries) in families.iter_mut() {
            entries.retain(|entry| {
                let is_lost = usize::from(entry.identity.profile.0) >= profiles;
                if is_lost {
                    self.expire(books, entry, true, false);
                    count(books, &entry.identity, -1);
                }
                !is_lost
            });
        }
        self.families = families;
    }
}

/// A quote that came again unchanged can still change what it is a leg of: an arbitrage by its limit, others by how its age compares with
/// the other legs'. Nothing else that is told looks at its limit or its times.
fn touch_refreshed(families: &Pages<Vec<Entry>>, books: &mut Books) {
    // Where more stands than is looked through for every quote, all of it is judged: once, whatever the quotes.
    const FEW: usize = 32;
    let mut refreshed = core::mem::take(&mut books.refreshed);
    for &key in &refreshed {
        let market = &books.markets[key.market.index()];
        if !stands_on(books, key.market) || market.flags.has(Flags::DIRTY) {
            continue;
        }
        let entries = families.get(market.family.index()).here().map_or(&[][..], Vec::as_slice);
        let is_leg = |entry: &Entry| entry.told.as_ref().is_some_and(|told| aged_quotes(told).any(|leg| leg == key));
        if entries.len() > FEW || entries.iter().any(is_leg) {
            books.touch(key.market);
        }
    }
    refreshed.clear();
    books.refreshed = refreshed;
}

/// Has the market, or a middle over it, an entry?
pub(crate) fn stands_on(books: &Books, market: MarketId) -> bool {
    let market = &books.markets[market.index()];
    market.entries > 0 || market.middles > 0
}

/// Counts an entry where it stands.
fn count(books: &mut Books, identity: &Identity, change: i32) {
    let add = |count: &mut u32| *count = count.saturating_add_signed(change);
    match identity.upper {
        None => add(&mut books.markets[identity.market.index()].entries),
        Some(upper) => {
            add(&mut books.markets[identity.market.index()].middles);
            add(&mut books.markets[upper.index()].middles);
        }
    }
}

/// Do the markets count the entries that stand in them? Of a crowd nobody looks.
fn is_counted(books: &Books, extent: Extent<'_>, entries: &[Entry]) -> bool {
    const FEW: usize = 256;
    let is_right = |id: MarketId| {
        let market = &books.markets[id.index()];
        let here = entries.iter().filter(|entry| entry.identity.market == id || entry.identity.upper == Some(id));
        let (middles, others): (Vec<&Entry>, Vec<&Entry>) = here.partition(|entry| entry.identity.upper.is_some());
        (others.len(), middles.len()) == (market.entries as usize, market.middles as usize)
    };
    entries.len() > FEW
        || match extent {
            Extent::Market(market) => is_right(market),
            Extent::Middles(markets) => markets.iter().copied().all(is_right),
        }
}

fn thresholds<'a>(books: &'a Books, identity: &Identity) -> &'a Thresholds {
    let rules = books.rules.set(books.markets[identity.market.index()].rules);
    &rules.thresholds[usize::from(identity.profile.0)]
}

/// Why an opportunity is over: the first reason that holds for any quote it stood on when last told, else one of the rest.
fn reason(books: &Books, entry: &Entry, told: &Opportunity, is_configured: bool, is_capped: bool) -> Reason {
    let quotes = quotes_of(told);
    let obstacles = quotes.iter().map(|&(key, _)| obstacle(books, entry, key));
    if let Some(reason) = obstacles.flatten().min() {
        return reason;
    }
    let stands = |&(key, price): &(QuoteKey, Option<f64>)| {
        books.cell_of(key).is_some_and(|(row, slot)| {
            let market = &books.markets[key.market.index()];
            price == Some(books.grid.cells(market.block).quote(row, slot).price())
        })
    };
    if is_configured {
        Reason::Config
    } else if is_capped {
        Reason::Capped
    } else if matches!(entry.identity.kind(), Kind::Ev | Kind::Middle) && quotes.iter().all(stands) {
        Reason::Reference
    } else {
        Reason::Price
    }
}

/// Why one quote does not count, or may not be used for this kind.
fn obstacle(books: &Books, entry: &Entry, key: QuoteKey) -> Option<Reason> {
    let market = &books.markets[key.market.index()];
    if books.fixtures[market.fixture.index()].retired {
        return Some(Reason::Ended);
    }
    let (row, slot) = books.cell_of(key)?;
    let quote = books.grid.cells(market.block).quote(row, slot);
    let bars_degraded = || {
        let drops = books.rules.set(market.rules).drops_degraded(entry.identity.profile);
        entry.identity.kind() == Kind::Arbitrage && drops && books.is_degraded(market.fixture, key.bookmaker)
    };
    match books.obstacle(&books.gate(key.market), &quote, key.bookmaker) {
        None | Some(Reason::Stale) if bars_degraded() => Some(Reason::Source),
        obstacle => obstacle,
    }
}

/// The quotes that an opportunity stood on when told, with their prices as told where each has its own.
fn quotes_of(told: &Opportunity) -> SmallVec<[(QuoteKey, Option<f64>); 4]> {
    let leg = |leg: &crate::opportunity::Leg| {
        let key = QuoteKey { market: leg.market, outcome: leg.outcome, side: leg.side, bookmaker: leg.bookmaker };
        (key, Some(leg.price))
    };
    match &told.figures {
        Figures::Arbitrage(arbitrage) => arbitrage.legs.iter().map(leg).collect(),
        Figures::Middle(middle) => middle.legs.iter().map(leg).collect(),
        Figures::Ev(ev) => {
            let key = QuoteKey { market: told.market, outcome: ev.outcome, side: ev.side, bookmaker: ev.bookmaker };
            core::iter::once((key, Some(ev.price))).collect()
        }
        Figures::LowHold(low_hold) => low_hold
            .sides
            .iter()
            .flat_map(|side| {
                side.bookmakers.iter().map(|&bookmaker| {
                    let key = QuoteKey { market: told.market, outcome: side.outcome, side: side.side, bookmaker };
                    (key, None)
                })
            })
            .collect(),
    }
}

/// Did it change enough to be told again?
fn is_news(told: &Opportunity, new: &Opportunity, min_change: f64) -> bool {
    told.warnings != new.warnings
        || !has_same_legs(told, new)
        || is_moved(told, new, min_change)
        || is_stake_moved(told, new)
}

fn has_same_legs(told: &Opportunity, new: &Opportunity) -> bool {
    let legs = |a: &[crate::opportunity::Leg], b: &[crate::opportunity::Leg]| {
        a.len() == b.len()
            && a.iter()
                .zip(b)
                .all(|(a, b)| (a.outcome, a.side, a.bookmaker, a.price) == (b.outcome, b.side, b.bookmaker, b.price))
    };
    match (&told.figures, &new.figures) {
        (Figures::Arbitrage(a), Figures::Arbitrage(b)) => legs(&a.legs, &b.legs),
        (Figures::Middle(a), Figures::Middle(b)) => legs(&a.legs, &b.legs),
        (Figures::Ev(a), Figures::Ev(b)) => a.price == b.price,
        (Figures::LowHold(a), Figures::LowHold(b)) => {
            a.sides.iter().zip(&b.sides).all(|(a, b)| {
                (a.outcome, a.side, a.price) == (b.outcome, b.side, b.price) && a.bookmakers == b.bookmakers
            })
        }
        _ => false,
    }
}

fn is_moved(told: &Opportunity, new: &Opportunity, min_change: f64) -> bool {
    let (told, told_known) = headline(told);
    let (new, new_known) = headline(new);
    let distance = (new - told).max(told - new);
    told_known != new_known || (new != told && distance >= min_change - EPSILON)
}

/// The headline figure, and whether it is the one that may be unknown.
fn headline(opportunity: &Opportunity) -> (f64, bool) {
    match &opportunity.figures {
        Figures::Arbitrage(arbitrage) => (arbitrage.profit, true),
        Figures::LowHold(low_hold) => (low_hold.hold, true),
        Figures::Ev(ev) => (ev.ev, true),
        Figures::Middle(middle) => (middle.ev.unwrap_or(middle.worst), middle.ev.is_some()),
    }
}

fn is_stake_moved(told: &Opportunity, new: &Opportunity) -> bool {
    let (Figures::Arbitrage(told), Figures::Arbitrage(new)) = (&told.figures, &new.figures) else { return false };
    match (told.max_total_stake, new.max_total_stake) {
        (None, None) => false,
        (Some(told), Some(new)) => new != told && (new - told).max(told - new) >= 0.1 * told,
        _ => true,
    }
}
