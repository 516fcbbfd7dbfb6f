//! The course of the evening: a queue of things to do, in the order of time.

use super::Settings;
use super::bookmakers::{Bookmaker, Delivery, Habit, bookmakers};
use super::contest::Contest;
use super::desk::{Decision, Desk, Market, Quote, Slot, visit_after_us};
use super::draw::{Draw, us};
use super::item::{Cast, Feed, Gone, Item, ScopeKind, What};
use super::sheet::{Laws, Subject};
use super::truth::{Happening, Phase};
use overround::odds_event::{BarrierCause, SourceHealth, SourceRole};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// 2025-10-26T17:00:00Z, a Sunday with everything on.
const BEGIN_US: i64 = 1_761_498_000_000_000;

/// Something to do. Contests and bookmakers by index; the order of variants breaks ties of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    Announce(u32),
    World(u32),
    Delay(u32),
    Live(u32),
    Barrier(u32, Cause),
    /// A look at what a bookmaker shows, once; and again and again.
    Look(u32, u16),
    Visit(u32, u16),
    Notice(u32, u16),
    Reopen(u32, u16),
    PlayOn(u32, u16),
    Close(u32, u16),
    Echo(u32, u16),
    HoldEnd(u32, u16),
    Outage(u16),
    Resync(u16, Resync),
    Doubt(u16),
    Trust(u16, Doubted),
    Heartbeat(u16),
    Ended(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    Score,
    Period,
    Resume,
    AnchorSuspended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Resync {
    Begin,
    Prices,
    Complete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Doubted {
    Stale,
    Role,
}

/// The whole evening.
pub(super) struct Run {
    bookmakers: Vec<Bookmaker>,
    contests: Vec<Contest>,
    /// Whose connection is down.
    is_down: Vec<bool>,
    tasks: BinaryHeap<Reverse<(i64, Task)>>,
    ready: VecDeque<Item>,
    end_us: i64,
    draw: Draw,
    laws: Laws,
    sheet: Vec<Quote>,
}

impl Run {
    pub(super) fn new(settings: Settings) -> Self {
        let bookmakers = bookmakers(settings.bookmakers);
        let contests: Vec<Contest> =
            (0..settings.fixtures).map(|index| Contest::new(settings, index, BEGIN_US, bookmakers.len())).collect();
        let mut run = Self {
            is_down: vec![false; bookmakers.len()],
            tasks: BinaryHeap::new(),
            ready: VecDeque::new(),
            end_us: BEGIN_US + us(60.0 * f64::from(settings.minutes)),
            draw: Draw::new(settings.seed, 0),
            laws: Laws::default(),
            sheet: Vec::new(),
            bookmakers,
            contests,
        };
        for i in 0..settings.fixtures {
            run.at(BEGIN_US + i64::from(i) * 1500, Task::Announce(i));
        }
        for b in 0..settings.bookmakers {
            if run.bookmakers[usize::from(b)].delivery == Delivery::Stream {
                run.at(BEGIN_US + 20_000_000 + i64::from(b) * 700_000, Task::Heartbeat(b));
                run.after_hours(BEGIN_US, 4.0, Task::Outage(b));
            }
            run.after_hours(BEGIN_US, 5.0, Task::Doubt(b));
        }
        run
    }

    /// The next item; none after the end.
    pub(super) fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            let Reverse((now_us, task)) = self.tasks.pop().filter(|Reverse((now_us, _))| *now_us <= self.end_us)?;
            self.run(now_us, task);
        }
    }

    /// What really happens in the contest of that key.
    pub(super) fn truth(&self, key: &str) -> Option<&super::truth::Truth> {
        self.contests.iter().find(|contest| contest.key == key).map(|contest| &contest.truth)
    }

    pub(super) fn cast(&self) -> Cast<'_> {
        Cast { contests: &self.contests, bookmakers: &self.bookmakers }
    }

    fn run(&mut self, now_us: i64, task: Task) {
        match task {
            Task::Announce(i) => self.announce(now_us, i),
            Task::World(i) => self.world(now_us, i),
            Task::Delay(i) => {
                let contest = &mut self.contests[index(i)];
                contest.start_us += contest.delay_us;
                self.say(now_us, Feed::Poll, What::Restart(i));
            }
            Task::Live(i) => self.say(now_us, Feed::Poll, What::Live(i)),
            Task::Barrier(i, cause) => self.barrier(now_us, i, cause),
            Task::Look(i, b) if self.is_quoted(i, b) => self.visit(now_us, i, b),
            Task::Look(..) => {}
            Task::Visit(i, b) => {
                if !self.is_quoted(i, b) {
                    return;
                }
                self.visit(now_us, i, b);
                let (contest, bookmaker) = (&mut self.contests[index(i)], &self.bookmakers[usize::from(b)]);
                let after_us = visit_after_us(now_us, &contest.truth, bookmaker, &mut contest.draw);
                self.at(now_us + after_us, task);
            }
            Task::Notice(i, b) => self.notice(now_us, i, b),
            Task::Reopen(i, b) => self.reopen(now_us, i, b),
            Task::PlayOn(i, b) => self.play_on(now_us, i, b),
            Task::Close(i, b) => self.close(now_us, i, b),
            Task::Echo(i, b) => self.echo(now_us, i, b),
            Task::HoldEnd(i, b) => self.say(now_us, Feed::Push, What::Scope(ScopeKind::HoldEnd, b, Some(i))),
            Task::Outage(b) => self.outage(now_us, b),
            Task::Resync(b, stage) => self.resync(now_us, b, stage),
            Task::Doubt(b) => self.doubt(now_us, b),
            Task::Trust(b, doubted) => {
                let health = match doubted {
                    Doubted::Stale => SourceHealth::Stale(false),
                    Doubted::Role => SourceHealth::Role(SourceRole::Primary),
                };
                self.say(now_us, Feed::Poll, What::Source(b, health));
            }
            Task::Heartbeat(b) => {
                if !self.is_down[usize::from(b)] {
                    self.say(now_us, Feed::Push, What::Heartbeat(b));
                }
                self.at(now_us + 20_000_000, task);
            }
            Task::Ended(i) => self.end(now_us, i),
        }
    }

    fn announce(&mut self, now_us: i64, i: u32) {
        self.say(now_us, Feed::Poll, What::Announce(i));
        let contest = &mut self.contests[index(i)];
        if contest.truth.sport.offer.goals {
            self.say(now_us, Feed::Poll, What::FirstToScore(i));
        }
        let contest = &mut self.contests[index(i)];
        let (next_us, delay_us) = (contest.truth.next_step_us().max(now_us), contest.delay_us);
        let hint_us = contest.start_us - us(contest.draw.between(300.0, 2400.0));
        let first_us: Vec<i64> =
            self.bookmakers.iter().map(|b| now_us + contest.draw.span_us(0.2, b.before_s.min(60.0))).collect();
        self.at(next_us, Task::World(i));
        if delay_us > 0 {
            self.at(hint_us, Task::Delay(i));
        }
        let is_live = self.contests[index(i)].truth.is_live();
        for (b, first_us) in (0..).zip(first_us) {
            if is_live && self.bookmakers[usize::from(b)].live_s <= 0.0 {
                self.desk(i, b).closed = true;
            } else {
                self.at(first_us, Task::Visit(i, b));
            }
        }
    }

    fn world(&mut self, now_us: i64, i: u32) {
        let contest = &mut self.contests[index(i)];
        let happening = contest.truth.step(now_us, &mut contest.draw);
        let next_us = contest.truth.next_step_us();
        if contest.truth.phase == Phase::Over {
            let ended_us = now_us + contest.draw.span_us(20.0, 120.0);
            self.at(ended_us, Task::Ended(i));
        } else {
            self.at(next_us, Task::World(i));
        }
        match happening {
            Happening::Nothing => {}
            Happening::Started => {
                let contest = &mut self.contests[index(i)];
                if contest.draw.chance(0.8) {
                    let told_us = now_us + contest.draw.span_us(1.0, 20.0);
                    self.at(told_us, Task::Live(i));
                }
                self.for_each_desk(i, |run, b| run.shut_at_start(now_us, i, b));
                self.for_each_desk(i, |run, b| run.play_goes_on(now_us, i, b));
            }
            Happening::News => self.for_each_desk(i, |run, b| run.tell(now_us, i, b, 4.0)),
            Happening::Score => {
                if self.contests[index(i)].truth.sport.suspends_on_score {
                    let told_us = now_us + self.contests[index(i)].draw.span_us(1.5, 4.0);
                    self.at(told_us, Task::Barrier(i, Cause::Score));
                    self.for_each_desk(i, |run, b| run.tell(now_us, i, b, 1.0));
                }
            }
            Happening::PlayStopped => self.for_each_desk(i, |run, b| run.play_stopped(now_us, i, b)),
            Happening::PlayWentOn => self.for_each_desk(i, |run, b| run.play_goes_on(now_us, i, b)),
            Happening::PeriodEnded => {
                self.at(now_us + 3_000_000, Task::Barrier(i, Cause::Period));
                self.for_each_desk(i, |run, b| run.play_stopped(now_us, i, b));
            }
            Happening::PeriodBegan => {
                self.at(now_us + 2_000_000, Task::Barrier(i, Cause::Resume));
                self.for_each_desk(i, |run, b| run.play_goes_on(now_us, i, b));
            }
            Happening::Over => self.for_each_desk(i, |run, b| {
                let closed_us = now_us + run.contests[index(i)].draw.span_us(1.0, 10.0);
                run.at(closed_us, Task::Close(i, b));
            }),
        }
    }

    /// Who quotes nothing in play shuts, some too late.
    fn shut_at_start(&mut self, now_us: i64, i: u32, b: u16) {
        let (live_s, habit) = (self.bookmakers[usize::from(b)].live_s, self.bookmakers[usize::from(b)].habit);
        if live_s <= 0.0 {
            let latest_s = if habit == Habit::Sleeps { 420.0 } else { 40.0 };
            let shut_us = now_us + self.contests[index(i)].draw.span_us(1.0, latest_s);
            self.at(shut_us, Task::Close(i, b));
        }
    }

    /// Where points flow, bets are taken while play stands still.
    fn play_stopped(&mut self, now_us: i64, i: u32, b: u16) {
        let contest = &mut self.contests[index(i)];
        if !contest.truth.sport.suspends_on_score {
            let reopen_us =
                now_us + contest.draw.span_us(0.5, 3.0) + us(0.2 * self.bookmakers[usize::from(b)].reaction_s);
            contest.desks[usize::from(b)].wait(reopen_us, &contest.truth);
            self.at(reopen_us, Task::Reopen(i, b));
        }
    }

    fn play_goes_on(&mut self, now_us: i64, i: u32, b: u16) {
        let contest = &mut self.contests[index(i)];
        if !contest.truth.sport.suspends_on_score {
            let shut_us = now_us + us(contest.draw.between(0.1, 0.8) * self.bookmakers[usize::from(b)].reaction_s);
            self.at(shut_us, Task::PlayOn(i, b));
        }
    }

    fn play_on(&mut self, now_us: i64, i: u32, b: u16) {
        if self.is_quoted(i, b) && matches!(self.contests[index(i)].truth.phase, Phase::Playing { .. }) {
            let contest = &mut self.contests[index(i)];
            contest.desks[usize::from(b)].wait(i64::MAX, &contest.truth);
            self.shut(now_us, i, b, None);
        }
    }

    fn tell(&mut self, now_us: i64, i: u32, b: u16, factor: f64) {
        let reaction_s = self.bookmakers[usize::from(b)].reaction_s * factor;
        let noticed_us = now_us + self.contests[index(i)].draw.span_us(0.5 * reaction_s, 2.0 * reaction_s);
        self.at(noticed_us, Task::Notice(i, b));
    }

    fn notice(&mut self, now_us: i64, i: u32, b: u16) {
        if !self.is_quoted(i, b) {
            return;
        }
        if self.is_down[usize::from(b)] {
            self.at(now_us + 5_000_000, Task::Notice(i, b));
            return;
        }
        let bookmaker = &self.bookmakers[usize::from(b)];
        let contest = &mut self.contests[index(i)];
        let desk = &mut contest.desks[usize::from(b)];
        let scored = desk.seen != (contest.truth.home, contest.truth.away);
        let Some(until_us) = desk.notice(now_us, &contest.truth, bookmaker.habit, &mut contest.draw) else { return };
        // News may touch one market only.
        let market = (!scored && contest.draw.chance(0.3)).then_some(Market::Winner);
        self.shut(now_us, i, b, market);
        self.at(until_us, Task::Reopen(i, b));
    }

    /// Takes no more bets, on one market or all, in the bookmaker's own way.
    fn shut(&mut self, now_us: i64, i: u32, b: u16, market: Option<Market>) {
        let bookmaker = &self.bookmakers[usize::from(b)];
        let (feed, habit) = (feed(bookmaker), bookmaker.habit);
        if self.is_down[usize::from(b)] {
            return;
        }
        let desk = self.desk(i, b);
        if desk.quotes.is_empty() {
            return;
        }
        match habit {
            Habit::Sleeps => {}
            Habit::Suspends => {
                for quote in
                    desk.quotes.iter_mut().filter(|quote| market.is_none_or(|market| quote.slot.market == market))
                {
                    quote.active = false;
                }
                self.say(now_us, feed, What::Suspended(i, b, market));
            }
            Habit::Deactivates => {
                for quote in &mut desk.quotes {
                    quote.active = false;
                    quote.source_us = quote.source_us.map(|_| now_us - 500_000);
                }
                let quotes = desk.quotes.clone();
                quotes.into_iter().for_each(|quote| self.say(now_us, feed, What::Odds(i, b, quote)));
            }
            Habit::Withdraws => {
                desk.quotes.clear();
                self.say(now_us, feed, What::Gone(Gone { contest: i, bookmaker: b, slot: None, is_market: false }));
            }
        }
    }

    fn reopen(&mut self, now_us: i64, i: u32, b: u16) {
        if !self.is_quoted(i, b) || now_us < self.desk(i, b).suspended_until_us || self.is_down[usize::from(b)] {
            return;
        }
        if self.bookmakers[usize::from(b)].exchange {
            // Its update comes in parts.
            self.say(now_us, Feed::Push, What::Scope(ScopeKind::HoldBegin, b, Some(i)));
            self.at(now_us + 900, Task::Look(i, b));
            self.at(now_us + 2_500, Task::HoldEnd(i, b));
        } else {
            self.visit(now_us, i, b);
        }
        if b == 0 && !self.contests[index(i)].truth.is_live() {
            self.at(now_us + 400_000, Task::Barrier(i, Cause::AnchorSuspended));
        }
    }

    fn close(&mut self, now_us: i64, i: u32, b: u16) {
        if !self.is_quoted(i, b) {
            return;
        }
        let feed = feed(&self.bookmakers[usize::from(b)]);
        let desk = self.desk(i, b);
        desk.closed = true;
        desk.echo.clear();
        if !desk.quotes.is_empty() {
            desk.quotes.clear();
            self.say(now_us, feed, What::Gone(Gone { contest: i, bookmaker: b, slot: None, is_market: false }));
        }
    }

    fn end(&mut self, now_us: i64, i: u32) {
        let contest = &mut self.contests[index(i)];
        contest.is_ended = true;
        contest.desks = Vec::new();
        self.say(now_us, Feed::Poll, What::Ended(i));
    }

    fn barrier(&mut self, now_us: i64, i: u32, cause: Cause) {
        if self.contests[index(i)].is_ended {
            return;
        }
        let cause = match cause {
            Cause::Score => BarrierCause::Score,
            Cause::Period => BarrierCause::Period,
            Cause::Resume => BarrierCause::Resume,
            Cause::AnchorSuspended => BarrierCause::AnchorSuspended,
        };
        self.say(now_us, Feed::Poll, What::Barrier(i, cause));
    }

    /// A bookmaker is looked at: what it shows, or what has changed of it.
    fn visit(&mut self, now_us: i64, i: u32, b: u16) {
        if self.is_down[usize::from(b)] {
            return;
        }
        let bookmaker = &self.bookmakers[usize::from(b)];
        let Contest { truth, desks, draw, players, .. } = &mut self.contests[index(i)];
        let desk = &mut desks[usize::from(b)];
        let is_poll = bookmaker.delivery == Delivery::Poll;
        let written_us = super::desk::written_us(bookmaker, now_us, draw);
        self.sheet.clear();
        match desk.visit(now_us, truth, bookmaker, draw) {
            Decision::Stand if !is_poll => return,
            Decision::Suspended if bookmaker.habit != Habit::Deactivates || !is_poll => return,
            Decision::Stand | Decision::Suspended => {
                for &quote in &desk.quotes {
                    let source_us = super::desk::source_us(bookmaker, written_us, quote.source_us);
                    self.sheet.push(Quote { source_us, ..quote });
                }
            }
            Decision::Quote { strength, pace } => {
                let subject = Subject { now_us, written_us, truth, bookmaker, players };
                self.laws.quote(subject, (strength, pace), desk, draw, &mut self.sheet);
            }
        }
        self.publish(now_us, i, b);
    }

    /// Says what differs between the desk's prices and the new sheet (all of it where a bookmaker is polled), which then is the desk's.
    fn publish(&mut self, now_us: i64, i: u32, b: u16) {
        let bookmaker = &self.bookmakers[usize::from(b)];
        let (feed, is_poll, is_echoed) = (feed(bookmaker), bookmaker.delivery == Delivery::Poll, bookmaker.echoed);
        let mut new = std::mem::take(&mut self.sheet);
        let old = std::mem::take(&mut self.desk(i, b).quotes);
        if new.is_empty() && !old.is_empty() {
            self.say(now_us, feed, What::Gone(Gone { contest: i, bookmaker: b, slot: None, is_market: false }));
        } else {
            withdrawn(&old, &new, |slot, is_market| {
                let gone = Gone { contest: i, bookmaker: b, slot: Some(slot), is_market };
                self.ready.push_back(Item { ts_us: now_us, feed, what: What::Gone(gone) });
            });
        }
        let mut cursor = 0;
        let before_echo = self.desk(i, b).echo.len();
        for &quote in &new {
            while old.get(cursor).is_some_and(|old| old.slot < quote.slot) {
                cursor += 1;
            }
            if is_poll || old.get(cursor) != Some(&quote) {
                self.say(now_us, feed, What::Odds(i, b, quote));
                if is_echoed {
                    self.desk(i, b).echo.push(quote);
                }
            }
        }
        if is_echoed && before_echo == 0 && !self.desk(i, b).echo.is_empty() {
            let later_us = self.contests[index(i)].draw.span_us(2.0, 15.0);
            self.at(now_us + later_us, Task::Echo(i, b));
        }
        // The old list's memory serves the next sheet.
        std::mem::swap(&mut new, &mut self.desk(i, b).quotes);
        self.sheet = old;
    }

    /// The second provider repeats what the first said, unless it is off the list by now.
    fn echo(&mut self, now_us: i64, i: u32, b: u16) {
        if !self.is_quoted(i, b) {
            return;
        }
        let desk = self.desk(i, b);
        let mut echo = std::mem::take(&mut desk.echo);
        echo.retain(|quote| desk.quotes.iter().any(|shown| shown.slot == quote.slot && shown.active));
        echo.into_iter().for_each(|quote| self.say(now_us, Feed::Relay, What::Odds(i, b, quote)));
    }

    fn outage(&mut self, now_us: i64, b: u16) {
        self.is_down[usize::from(b)] = true;
        self.say(now_us, Feed::Push, What::Scope(ScopeKind::Gap, b, None));
        let back_us = now_us + self.draw.span_us(5.0, 40.0);
        self.at(back_us, Task::Resync(b, Resync::Begin));
        self.after_hours(back_us, 4.0, Task::Outage(b));
    }

    fn resync(&mut self, now_us: i64, b: u16, stage: Resync) {
        match stage {
            Resync::Begin => {
                self.say(now_us, Feed::Push, What::Scope(ScopeKind::SnapshotBegin, b, None));
                self.at(now_us + 120_000, Task::Resync(b, Resync::Prices));
            }
            Resync::Prices => {
                for i in (0..).take(self.contests.len()) {
                    if self.is_quoted(i, b) {
                        let quotes = self.desk(i, b).quotes.clone();
                        quotes.into_iter().for_each(|quote| self.say(now_us, Feed::Push, What::Odds(i, b, quote)));
                    }
                }
                self.at(now_us + 80_000, Task::Resync(b, Resync::Complete));
            }
            Resync::Complete => {
                self.is_down[usize::from(b)] = false;
                self.say(now_us, Feed::Push, What::Scope(ScopeKind::SnapshotComplete, b, None));
            }
        }
    }

    /// The provider doubts a source for a while.
    fn doubt(&mut self, now_us: i64, b: u16) {
        let (health, doubted) = match self.draw.below(3) {
            0 => (SourceHealth::Stale(true), Doubted::Stale),
            1 => (SourceHealth::Role(SourceRole::Offline), Doubted::Role),
            _ => (SourceHealth::Role(SourceRole::Degraded), Doubted::Role),
        };
        self.say(now_us, Feed::Poll, What::Source(b, health));
        let again_us = now_us + self.draw.span_us(20.0, 240.0);
        self.at(again_us, Task::Trust(b, doubted));
        self.after_hours(again_us, 5.0, Task::Doubt(b));
    }

    /// Does the bookmaker still quote the contest?
    fn is_quoted(&self, i: u32, b: u16) -> bool {
        let contest = &self.contests[index(i)];
        !contest.is_ended && contest.desks.get(usize::from(b)).is_some_and(|desk| !desk.closed)
    }

    fn desk(&mut self, i: u32, b: u16) -> &mut Desk {
        &mut self.contests[index(i)].desks[usize::from(b)]
    }

    fn for_each_desk(&mut self, i: u32, mut act: impl FnMut(&mut Self, u16)) {
        for b in (0..).take(self.bookmakers.len()) {
            if self.is_quoted(i, b) {
                act(self, b);
            }
        }
    }

    fn say(&mut self, ts_us: i64, feed: Feed, what: What) {
        self.ready.push_back(Item { ts_us, feed, what });
    }

    fn at(&mut self, when_us: i64, task: Task) {
        self.tasks.push(Reverse((when_us, task)));
    }

    /// After an exponential time with this mean.
    fn after_hours(&mut self, now_us: i64, mean_h: f64, task: Task) {
        let wait_s = -3600.0 * mean_h * overround_math::float::ln(1.0 - self.draw.unit());
        self.at(now_us + us(wait_s.max(1.0)), task);
    }
}

fn index(i: u32) -> usize {
    usize::try_from(i).unwrap_or(usize::MAX)
}

fn feed(bookmaker: &Bookmaker) -> Feed {
    if bookmaker.delivery == Delivery::Stream { Feed::Push } else { Feed::Poll }
}

/// Calls `gone` for what is in `old` but not in `new`: once per market that is gone as a whole, else per outcome.
fn withdrawn(old: &[Quote], new: &[Quote], mut gone: impl FnMut(Slot, bool)) {
    let market = |slot: Slot| (slot.market, slot.participant, slot.threshold);
    let mut cursor = 0;
    let mut last = None;
    for quote in old {
        while new.get(cursor).is_some_and(|new| new.slot < quote.slot) {
            cursor += 1;
        }
        if new.get(cursor).is_some_and(|new| new.slot == quote.slot) || last == Some(market(quote.slot)) {
            continue;
        }
        let is_market = !new.iter().any(|new| market(new.slot) == market(quote.slot));
        if is_market {
            last = Some(market(quote.slot));
        }
        gone(quote.slot, is_market);
    }
}
