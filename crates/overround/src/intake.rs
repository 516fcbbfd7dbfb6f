//! Records that are not applied as they come: snapshots and holds in progress, and gaps.

use crate::books::{Books, QuoteKey, Seat, Written};
use crate::code::{Bytes, Code, Damaged, code_choice, code_struct};
use crate::deadlines::DeadlineKind;
use crate::ids::{BookmakerId, FeedId, FixtureId};
use crate::odds_event::{Filter, OddsEvent, OddsUpdate, Scope};
use crate::time::Timestamp;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// What an open scope does at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HoldKind {
    /// Quotes that did not come again are removed.
    Snapshot,
    /// Nothing is removed.
    Hold,
}

code_choice!(HoldKind, [HoldKind::Snapshot, HoldKind::Hold]);

/// An open snapshot or hold.
#[derive(Clone, Debug)]
pub(crate) struct Hold {
    pub(crate) kind: HoldKind,
    pub(crate) scope: Scope,
    pub(crate) begun: Timestamp,
    pub(crate) number: u32,
    pub(crate) held: Vec<OddsEvent>,
    /// Of a snapshot: the quotes that came, whichever open scope held them back.
    pub(crate) came: BTreeSet<QuoteKey>,
}

/// Lost records: the scope's quotes wait for a snapshot, but for those that one has covered since.
#[derive(Clone, Debug)]
pub(crate) struct Gap {
    pub(crate) scope: Scope,
    pub(crate) covered: Vec<Scope>,
}

code_struct!(Gap { scope, covered });

/// All but the number, which follows from its place in the list.
impl Code for Hold {
    fn put(&self, to: &mut Vec<u8>) {
        self.kind.put(to);
        self.scope.put(to);
        self.begun.put(to);
        self.held.put(to);
        self.came.put(to);
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        let (kind, scope) = Code::take(from)?;
        let (begun, held) = Code::take(from)?;
        Ok(Self { kind, scope, begun, number: 0, held, came: Code::take(from)? })
    }
}

/// Of odds events only what can be held back.
impl Code for OddsEvent {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Self::Odds(update) => {
                1_u8.put(to);
                update.put(to);
            }
            Self::Removed(filter) => {
                2_u8.put(to);
                filter.put(to);
            }
            Self::Suspended(filter) => {
                3_u8.put(to);
                filter.put(to);
            }
            _ => unreachable!("nothing else is held back"),
        }
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        match u8::take(from)? {
            1 => Code::take(from).map(Self::Odds),
            2 => Code::take(from).map(Self::Removed),
            3 => Code::take(from).map(Self::Suspended),
            _ => Err(Damaged),
        }
    }
}

/// Most scopes that are open at once: one more closes the one begun first, as its time-out would.
const MOST_HOLDS: usize = 1024;
/// All open scopes together hold back at most so many times what one may.
const HOLDS_AT_LIMIT: usize = 4;
/// Most gaps that are open at once: one more, and those of its feed become one that is as wide as the feed.
const MOST_GAPS: usize = 4096;

/// Open scopes in the order they were begun, and open gaps.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    pub(crate) holds: Vec<Hold>,
    pub(crate) gaps: Vec<Gap>,
    next_number: u32,
    /// Odds events that moved a price or activity.
    pub(crate) changed: u64,
    /// Odds events that moved neither.
    pub(crate) unchanged: u64,
    /// Odds events that lost to a newer one of another feed.
    pub(crate) superseded: u64,
    /// Scopes that were closed because they held too much or too long.
    pub(crate) overflowed: u64,
}

impl Intake {
    /// Is nothing held back, and does nothing wait for a snapshot?
    #[inline(always)]
    pub(crate) const fn lets_all_through(&self) -> bool {
        self.holds.is_empty() && self.gaps.is_empty()
    }

    /// Counts a price that was written.
    #[inline(always)]
    pub(crate) const fn count(&mut self, written: Written) {
        match written {
            Written::Moved => self.changed += 1,
            Written::Refreshed => self.unchanged += 1,
            Written::Superseded => self.superseded += 1,
        }
    }

    /// Applies an odds event, or holds it back.
    #[inline]
    pub(crate) fn odds(&mut self, books: &mut Books, update: &OddsUpdate) {
        if self.lets_all_through() {
            // Nothing is held back and nothing waits: the usual case.
            if books.seat != Seat::ALL && !books.seat.owns(books.markets[update.market.index()].fixture) {
                books.keep_elsewhere(update.market);
                return;
            }
            match books.write_usual(update) {
                Some(written) => self.count(written),
                None => self.write(books, update),
            }
            return;
        }
        self.odds_in_scopes(books, update);
    }

    fn odds_in_scopes(&mut self, books: &mut Books, update: &OddsUpdate) {
        let fixture = books.markets[update.market.index()].fixture;
        let scope = Scope { feed: update.feed, bookmaker: Some(update.bookmaker), fixture: Some(fixture) };
        let (market, outcome) = (update.market, update.outcome);
        let key = QuoteKey { market, outcome, side: update.side, bookmaker: update.bookmaker };
        let limit = usize::try_from(books.rules.config.freshness.hold_limit).unwrap_or(usize::MAX);
        let is_concerned = |hold: &Hold| hold.kind == HoldKind::Snapshot && covers(&hold.scope, &scope);
        for hold in self.holds.iter_mut().filter(|hold| is_concerned(hold)) {
            hold.came.insert(key);
        }
        if !self.hold_back(books, &scope, || OddsEvent::Odds(*update)) {
            self.write(books, update);
        }
        // Afterwards: where no scope begun earlier holds the event back, it is applied with the scope that it closes.
        while let Some(at) = self.holds.iter().position(|hold| is_concerned(hold) && hold.came.len() > limit) {
            self.overflow(books, at);
        }
    }

    /// Applies a removal or suspension, or holds it back.
    pub(crate) fn filter(&mut self, books: &mut Books, filter: &Filter, is_removal: bool) {
        let scope = Scope { feed: filter.feed, bookmaker: filter.bookmaker, fixture: filter.fixture };
        let event =
            || if is_removal { OddsEvent::Removed(Box::new(*filter)) } else { OddsEvent::Suspended(Box::new(*filter)) };
        if !self.hold_back(books, &scope, event) {
            act(books, filter, is_removal);
        }
    }

    /// Opens a scope. One of the same kind and scope that is open starts over.
    pub(crate) fn begin(&mut self, books: &mut Books, kind: HoldKind, scope: Scope) {
        self.holds.retain(|hold| !(hold.kind == kind && hold.scope == scope));
        if self.holds.len() >= MOST_HOLDS {
            self.overflow(books, 0);
        }
        let number = self.next_number;
        self.next_number = self.next_number.wrapping_add(1);
        self.holds.push(Hold { kind, scope, begun: books.now, number, held: Vec::new(), came: BTreeSet::new() });
        let at = books.now.plus_us(books.rules.hold_timeout_us());
        books.deadlines.push(at, DeadlineKind::Hold, number);
    }

    /// Closes a scope as it should be closed; without a begin nothing happens.
    pub(crate) fn complete(&mut self, books: &mut Books, kind: HoldKind, scope: Scope) {
        let Some(at) = self.holds.iter().position(|hold| hold.kind == kind && hold.scope == scope) else { return };
        let hold = self.holds.remove(at);
        self.release(books, &hold);
        if kind == HoldKind::Hold {
            return;
        }
        for key in books.quotes_in(&scope) {
            if !hold.came.contains(&key) {
                books.remove_quote(key, true);
            }
        }
        self.end_gaps(books, &scope);
    }

    /// Records were lost.
    pub(crate) fn gap(&mut self, books: &mut Books, scope: Scope) {
        self.holds.retain(|hold| !overlaps(&hold.scope, &scope));
        self.gaps.retain(|gap| gap.scope != scope);
        let scope = if self.gaps.len() < MOST_GAPS { scope } else { self.widen(scope) };
        // In order, so that equal states are equal bytes: gaps act together, whichever came first.
        let at = self.gaps.partition_point(|gap| gap.scope < scope);
        self.gaps.insert(at, Gap { scope, covered: Vec::new() });
        for key in books.quotes_in(&scope) {
            books.set_awaiting(key, true);
        }
    }

    /// One gap for all of the scope's feed: more waits for a snapshot than must, and nothing counts that must not.
    fn widen(&mut self, scope: Scope) -> Scope {
        self.gaps.retain(|gap| gap.scope.feed != scope.feed);
        Scope { feed: scope.feed, bookmaker: None, fixture: None }
    }

    /// Forgets what is only about fixtures that are over: a record that could end it would be refused.
    pub(crate) fn forget(&mut self, books: &Books) {
        let is_over = |scope: &Scope| scope.fixture.is_some_and(|fixture| books.fixtures[fixture.index()].retired);
        self.holds.retain(|hold| !is_over(&hold.scope));
        self.gaps.retain(|gap| !is_over(&gap.scope));
        self.gaps.iter_mut().for_each(|gap| gap.covered.retain(|covered| !is_over(covered)));
    }

    /// Closes a scope that has been open too long. A number that is not open means nothing.
    pub(crate) fn time_out(&mut self, books: &mut Books, number: u32) {
        let Some(at) = self.holds.iter().position(|hold| hold.number == number) else { return };
        if books.now >= self.holds[at].begun.plus_us(books.rules.hold_timeout_us()) {
            self.overflow(books, at);
        }
    }

    /// Arms the time-outs of all open scopes again, after another configuration came into force.
    pub(crate) fn arm_again(&mut self, books: &mut Books) {
        for hold in &self.holds {
            let at = hold.begun.plus_us(books.rules.hold_timeout_us());
            books.deadlines.push(at.max(books.now), DeadlineKind::Hold, hold.number);
        }
    }

    /// Numbers the open scopes in the order they were begun.
    pub(crate) fn number_again(&mut self) {
        self.next_number = 0;
        for hold in &mut self.holds {
            hold.number = self.next_number;
            self.next_number += 1;
        }
    }

    /// Is a hold with this number open?
    pub(crate) fn is_open(&self, number: u32) -> bool {
        self.holds.iter().any(|hold| hold.number == number)
    }

    /// About how many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        let held =
            |hold: &Hold| hold.held.capacity() * size_of::<OddsEvent>() + 2 * hold.came.len() * size_of::<QuoteKey>();
        let covered = |gap: &Gap| gap.covered.capacity() * size_of::<Scope>();
        self.holds.iter().map(held).sum::<usize>() + self.gaps.iter().map(covered).sum::<usize>()
    }

    fn overflow(&mut self, books: &mut Books, at: usize) {
        let hold = self.holds.remove(at);
        self.overflowed += 1;
        self.release(books, &hold);
    }

    /// Puts the event in the first begun open scope that it belongs to, if any.
    fn hold_back(&mut self, books: &mut Books, scope: &Scope, event: impl FnOnce() -> OddsEvent) -> bool {
        let Some(at) = self.holds.iter().position(|hold| covers(&hold.scope, scope)) else { return false };
        self.holds[at].held.push(event());
        let limit = usize::try_from(books.rules.config.freshness.hold_limit).unwrap_or(usize::MAX);
        if self.holds[at].held.len() > limit {
            self.overflow(books, at);
        } else if self.holds.len() > HOLDS_AT_LIMIT {
            let held: usize = self.holds.iter().map(|hold| hold.held.len()).sum();
            if held / HOLDS_AT_LIMIT > limit {
                self.overflow(books, at);
            }
        }
        true
    }

    /// Applies what was held back.
    fn release(&mut self, books: &mut Books, hold: &Hold) {
        for event in &hold.held {
            match event {
                OddsEvent::Odds(update) => {
                    // Its fixture may have ended meanwhile.
                    let market = books.markets.get(update.market.index()).here();
                    if market.is_some_and(|market| !books.fixtures[market.fixture.index()].retired) {
                        self.write(books, update);
                    }
                }
                OddsEvent::Removed(filter) => act(books, filter, true),
                OddsEvent::Suspended(filter) => act(books, filter, false),
                _ => {}
            }
        }
    }

    fn write(&mut self, books: &mut Books, update: &OddsUpdate) {
        let fixture = books.markets[update.market.index()].fixture;
        if !books.seat.owns(fixture) {
            return;
        }
        let is_awaiting = self.is_awaiting(update.feed, update.bookmaker, fixture);
        let written = books.write(update, is_awaiting);
        self.count(written);
    }

    /// Does a quote with this origin wait for a snapshot?
    fn is_awaiting(&self, feed: FeedId, bookmaker: BookmakerId, fixture: FixtureId) -> bool {
        if self.gaps.is_empty() {
            return false;
        }
        let around = [(Some(bookmaker), Some(fixture)), (Some(bookmaker), None), (None, Some(fixture)), (None, None)]
            .map(|(bookmaker, fixture)| Scope { feed, bookmaker, fixture });
        // Both lists are in order, and only these four scopes cover the quote.
        let is_covered = |covered: &[Scope]| around.iter().any(|scope| covered.binary_search(scope).is_ok());
        let gap_of = |scope: &Scope| self.gaps.binary_search_by_key(scope, |gap| gap.scope).ok();
        around.iter().filter_map(gap_of).any(|at| !is_covered(&self.gaps[at].covered))
    }

    fn end_gaps(&mut self, books: &mut Books, scope: &Scope) {
        if self.gaps.is_empty() {
            return;
        }
        self.gaps.retain(|gap| !covers(scope, &gap.scope));
        for gap in self.gaps.iter_mut().filter(|gap| overlaps(&gap.scope, scope)) {
            gap.covered.retain(|covered| !covers(scope, covered));
            let at = gap.covered.partition_point(|covered| covered < scope);
            gap.covered.insert(at, *scope);
        }
        for key in books.quotes_in(scope) {
            let fixture = books.markets[key.market.index()].fixture;
            let on = self.is_awaiting(scope.feed, key.bookmaker, fixture);
            books.set_awaiting(key, on);
        }
    }
}

fn act(books: &mut Books, filter: &Filter, is_removal: bool) {
    if is_removal {
        books.remove_matching(filter);
    } else {
        books.suspend_matching(filter);
    }
}

/// Is everything that `inner` means within `outer`?
fn covers(outer: &Scope, inner: &Scope) -> bool {
    outer.feed == inner.feed
        && (outer.bookmaker.is_none() || outer.bookmaker == inner.bookmaker)
        && (outer.fixture.is_none() || outer.fixture == inner.fixture)
}

/// Can a quote belong to both?
fn overlaps(a: &Scope, b: &Scope) -> bool {
    a.feed == b.feed
        && (a.bookmaker.is_none() || b.bookmaker.is_none() || a.bookmaker == b.bookmaker)
        && (a.fixture.is_none() || b.fixture.is_none() || a.fixture == b.fixture)
}
