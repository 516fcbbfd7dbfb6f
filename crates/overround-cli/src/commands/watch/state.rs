//! What is watched: the recording's time, what is open, what is shown of it.

use super::row::{Row, RowId};
use crate::args::KindName;
use crate::commands::explain;
use crate::commands::reasons::prose::headline;
use crate::commands::reasons::{Names, Playback, moment_text};
use crate::commands::replay::feed_failure;
use crate::commands::replay::tables::merit;
use crate::failure::Failure;
use crate::style::{Ink, Prose};
use overround::opportunity::{Expired, Kind, Opportunity};
use overround::{OpportunityEvent, ProfileId, Timestamp};
use overround_feed::{Feeds, Replay};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Most records between two frames. What cannot be had in that time comes later: the recording then plays more slowly than asked.
const RECORDS_PER_FRAME: u32 = 20_000;

/// Which rows are shown.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    /// By [`Kind`].
    pub(super) kinds: [bool; Kind::ALL.len()],
    pub(super) text: String,
    profile: Option<ProfileId>,
}

impl Filter {
    /// No kind at all means every kind.
    pub(super) fn new(kinds: &[KindName], text: &str, profile: Option<ProfileId>) -> Self {
        let is_shown = |kind: Kind| kinds.is_empty() || kinds.iter().any(|&name| Kind::from(name) == kind);
        Self { kinds: Kind::ALL.map(is_shown), text: text.to_owned(), profile }
    }

    fn is_shown(&self, row: &Row, text: &str) -> bool {
        let Opportunity { profile, .. } = *row.opportunity;
        self.kinds[row.opportunity.kind() as usize]
            && self.profile.is_none_or(|wanted| wanted == profile)
            && (text.is_empty() || row.has(text))
    }
}

/// How rows are sorted. Ties: by kind, time of detection and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// By kind, then the best figure first.
    Best,
    /// What was detected last first.
    Newest,
}

/// A recording that plays, and what is open.
pub(super) struct Watch<'a> {
    feeds: Feeds<'a>,
    pub(super) name: PathBuf,
    replay: Replay,
    pub(super) profile_names: &'a [String],
    /// The recording's time; none if there is no record in it.
    pub(super) now: Option<Timestamp>,
    /// No more records come.
    pub(super) is_over: bool,
    pub(super) speed: f64,
    pub(super) is_paused: bool,
    /// Runs on as fast as it can until something that is shown is detected.
    pub(super) is_seeking: bool,
    open: BTreeMap<RowId, Row>,
    /// How the chosen row ended last.
    end: Option<Expired>,
    pub(super) detected: u64,
    pub(super) filter: Filter,
    pub(super) is_typing: bool,
    pub(super) order: Order,
    chosen: Option<RowId>,
    /// Is the chosen row's explanation shown, and how many of its lines are scrolled away?
    pub(super) explained: Option<u16>,
    pub(super) shows_help: bool,
    pub(super) ink: Ink,
}

impl<'a> Watch<'a> {
    /// Stands at the first instant of the recording, before it happens.
    pub(super) fn new(playback: &'a Playback<'_>, filter: Filter, speed: f64) -> Result<Self, Failure> {
        let mut watch = Self {
            feeds: playback.feeds()?,
            name: playback.name(),
            replay: playback.replay()?,
            profile_names: &playback.profile_names,
            now: None,
            is_over: false,
            speed,
            is_paused: false,
            is_seeking: false,
            open: BTreeMap::new(),
            end: None,
            detected: 0,
            filter,
            is_typing: false,
            order: Order::Best,
            chosen: None,
            explained: None,
            shows_help: false,
            ink: Ink::Plain,
        };
        while !watch.is_over && watch.replay.instant().is_none() {
            watch.read()?;
        }
        watch.now = watch.replay.instant();
        Ok(watch)
    }

    /// Time passes: the recording goes on by so much, times its speed.
    pub(super) fn pass(&mut self, time: Duration) -> Result<(), Failure> {
        if self.is_seeking {
            return self.seek();
        }
        if self.is_paused || self.is_over {
            return Ok(());
        }
        let Some(now) = self.now else { return Ok(()) };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "`as` keeps to the greatest number, which no recording reaches"
        )]
        let passed_us = (time.as_secs_f64() * self.speed * 1e6) as i64;
        self.play_to(now.plus_us(passed_us))
    }

    /// Plays every record up to `until`, and every deadline up to it fires.
    pub(super) fn play_to(&mut self, until: Timestamp) -> Result<(), Failure> {
        for _ in 0..RECORDS_PER_FRAME {
            if self.is_over || self.replay.instant().is_some_and(|instant| instant > until) {
                break;
            }
            self.read()?;
        }
        match self.replay.instant() {
            // The next record is later: time passes up to here.
            Some(instant) if instant > until => {
                let told = self.replay.advance(until).to_vec();
                self.hear(&told);
                self.now = Some(until);
            }
            Some(instant) => self.now = Some(instant),
            None => {}
        }
        Ok(())
    }

    fn seek(&mut self) -> Result<(), Failure> {
        let before = self.detected;
        for _ in 0..RECORDS_PER_FRAME {
            if self.is_over || self.detected > before {
                self.is_seeking = false;
                self.is_paused = !self.is_over;
                break;
            }
            let instant = self.replay.instant();
            self.read()?;
            self.now = instant.or(self.now);
        }
        Ok(())
    }

    /// One record more.
    fn read(&mut self) -> Result<(), Failure> {
        let item = self.feeds.next_item().map_err(|error| feed_failure(&self.name, &error))?;
        let told = match &item {
            // A record that is refused changes nothing.
            Some(item) => self.replay.apply(item).unwrap_or_default(),
            None => self.replay.finish(),
        };
        let told = told.to_vec();
        if item.is_none() {
            self.is_over = true;
            self.now = self.replay.engine().now().or(self.now);
        }
        self.hear(&told);
        Ok(())
    }

    fn hear(&mut self, told: &[OpportunityEvent]) {
        for event in told {
            match event {
                OpportunityEvent::Detected(opportunity) | OpportunityEvent::Updated(opportunity) => {
                    let row = Row::new(opportunity, self.replay.catalog());
                    let is_new = matches!(event, OpportunityEvent::Detected(_));
                    self.detected += u64::from(is_new && self.filter.is_shown(&row, &self.filter.text.to_lowercase()));
                    self.open.insert(row.id(), row);
                }
                OpportunityEvent::Expired(expired) => {
                    self.open.remove(&(expired.id, expired.profile));
                    if self.chosen == Some((expired.id, expired.profile)) {
                        self.end = Some(*expired);
                    }
                }
            }
        }
    }

    /// What is shown, in order.
    pub(super) fn rows(&self) -> Vec<&Row> {
        let text = self.filter.text.to_lowercase();
        let mut rows: Vec<&Row> = self.open.values().filter(|row| self.filter.is_shown(row, &text)).collect();
        let newest = |row: &Row| core::cmp::Reverse(row.opportunity.detected_ts);
        rows.sort_by(|a, b| {
            let (one, other) = (&a.opportunity, &b.opportunity);
            let first = match self.order {
                Order::Best => one.kind().cmp(&other.kind()).then(merit(other).total_cmp(&merit(one))),
                Order::Newest => newest(a).cmp(&newest(b)).then(one.kind().cmp(&other.kind())),
            };
            first.then(newest(a).cmp(&newest(b))).then(a.id().cmp(&b.id()))
        });
        rows
    }

    /// How many are open of a kind, whatever is shown.
    pub(super) fn open_of(&self, kind: Kind) -> usize {
        self.open.values().filter(|row| row.opportunity.kind() == kind).count()
    }

    /// The place of the chosen row among those shown.
    pub(super) fn place(&self, rows: &[&Row]) -> Option<usize> {
        self.chosen.and_then(|chosen| rows.iter().position(|row| row.id() == chosen))
    }

    /// Chooses the row so many places further down (or up); the first if none is chosen.
    pub(super) fn choose(&mut self, by: isize) {
        let rows = self.rows();
        let last = rows.len().saturating_sub(1);
        let to = self.place(&rows).map_or(0, |at| at.saturating_add_signed(by).min(last));
        self.chosen = rows.get(to).map(|row| row.id()).or(self.chosen);
        self.explained = self.explained.map(|_| 0);
    }

    /// Why the chosen row stands, or how it ended.
    pub(super) fn explanation(&mut self) -> Prose {
        let mut out = Prose::default();
        let Some((id, profile)) = self.chosen else {
            out.line("choose a row with ↑ and ↓");
            return out;
        };
        let explanation = self.replay.explain(id, profile);
        let names = Names { catalog: self.replay.catalog(), profiles: self.profile_names };
        if let (Some(row), Some(explanation)) = (self.open.get(&(id, profile)), explanation) {
            let told = &row.opportunity;
            out.heading(&format!("{} {id}: {}", told.kind().name(), headline(told)));
            out.line(&format!("  {}, {}", names.fixture(told.fixture), names.market(told.market)));
            out.line(&format!("  detected {}", moment_text(told.detected_ts)));
            explain::today(&explanation, told, &names, &mut out);
            return out;
        }
        out.heading(&format!("{id} is no longer open"));
        if let Some(end) = self.end.filter(|end| (end.id, end.profile) == (id, profile)) {
            out.line(&format!("  expired {}: {}", moment_text(end.ts), end.reason.name()));
        }
        out
    }
}
