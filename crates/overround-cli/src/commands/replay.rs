//! `overround replay`.

mod grading;
mod summary;
pub(super) mod tables;

use super::create;
use super::reasons::Names;
use crate::args::{FormatArgs, LimitArgs, ReplayArgs, SummaryStyle};
use crate::failure::Failure;
use crate::input::StandardInput;
use crate::interrupt;
use crate::style::Prose;
use grading::{Follow, Grading, Outputs};
use indicatif::{ProgressBar, ProgressStyle};
use overround::ConfigError;
use overround::grade::Grade;
use overround_feed::config::{ConfigFile, LoadedConfig, load};
use overround_feed::io::{Output, decompress};
use overround_feed::{BadGrading, CatalogOptions, EventLines, Feed, FeedError, Feeds, Replay, write_refusal};
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, IsTerminal, Write};
use std::num::{NonZeroU16, NonZeroU32};
use std::path::{Path, PathBuf};
use std::time::Duration;
use summary::Summary;
use tables::Episodes;

/// More threads are not used: each hears every record.
const MOST_THREADS: NonZeroU16 = NonZeroU16::new(64).unwrap();

/// How many opportunities of each kind the tables show.
const SHOWN: usize = 5;

pub(super) fn run(args: &ReplayArgs) -> Result<(), Failure> {
    let inputs: Vec<&Path> = args.feeds.iter().chain(&args.config).map(PathBuf::as_path).collect();
    let outputs: Vec<&Path> = args.outputs().collect();
    super::check_paths(&inputs, &outputs)?;
    let loaded = configuration(args.config.as_deref(), &args.assignments)?;
    let grading = Grading::new(&args.grading, &loaded.profile_names)?;
    let (config, names) = (loaded.config, loaded.profile_names);
    let threads = NonZeroU32::from(args.threads.min(MOST_THREADS));
    let pool = || {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(args.threads.min(MOST_THREADS).get()));
        pool.build().map_err(|error| Failure::Usage(format!("--threads {threads}: {error}")))
    };
    match (grading, threads) {
        (None, NonZeroU32::MIN) => play(args, Replay::new(config).map_err(bad_configuration)?, names, None),
        (None, threads) => {
            let replay = Replay::sharded(config, threads).map_err(bad_configuration)?;
            pool()?.install(|| play(args, replay, names, None))
        }
        (Some(grading), NonZeroU32::MIN) => {
            let replay = Replay::graded(config, grading.settings.clone()).map_err(bad_grading)?;
            play(args, replay, names, Some(grading))
        }
        (Some(grading), threads) => {
            let settings = grading.settings.clone();
            let replay = Replay::graded_sharded(config, settings, threads).map_err(bad_grading)?;
            pool()?.install(|| play(args, replay, names, Some(grading)))
        }
    }
}

fn bad_grading(error: BadGrading) -> Failure {
    match error {
        BadGrading::Config(error) => bad_configuration(error),
        other => Failure::Usage(other.to_string()),
    }
}

fn play<E: Follow>(
    args: &ReplayArgs,
    replay: Replay<E>,
    profile_names: Vec<String>,
    grading: Option<Grading>,
) -> Result<(), Failure> {
    let replay = replay.with_options(catalog_options(&args.limits));
    let progress = progress(args);
    let feeds = args
        .feeds
        .iter()
        .map(|path| open(path, &args.format, Some(&progress)))
        .collect::<Result<Vec<Feed<'static>>, Failure>>()?;
    let lines = EventLines::new(profile_names.clone());
    let follow =
        |grading| Ok(Followed { grading, profile_names, grades: Vec::new(), outputs: Outputs::new(&args.grading)? });
    let mut run = Run {
        args,
        replay,
        lines,
        grading: grading.map(follow).transpose()?,
        episodes: Episodes::new(SHOWN),
        events: args.events.as_deref().map(|path| Ok((path, create(path)?))).transpose()?,
        rejects: args.rejects.as_deref().map(|path| Ok((path, create(path)?))).transpose()?,
        refusal: Vec::new(),
    };
    let started = clock();
    let mut feeds = Feeds::new(feeds);
    // What was read before a feed broke off is told and summed up all the same.
    let played = run.play(&mut feeds);
    progress.finish_and_clear();
    if let Err(Failure::Gone) = played {
        return played;
    }
    let seconds = clock().duration_since(started).as_secs_f64();
    let skipped_markets = feeds.skipped_markets();
    run.close(seconds, skipped_markets)?;
    played
}

#[expect(clippy::disallowed_types, reason = "the summary tells how long the replay took; answers do not depend on it")]
pub(super) fn clock() -> std::time::Instant {
    std::time::Instant::now()
}

/// The configuration of a file with assignments that win over it.
pub(super) fn configuration(file: Option<&Path>, assignments: &[String]) -> Result<LoadedConfig, Failure> {
    let text = match file {
        None => None,
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
            let text = String::from_utf8(bytes).map_err(|_| {
                Failure::Usage(format!("{}: not UTF-8; a configuration is a TOML text", path.display()))
            })?;
            Some((path.display().to_string(), text))
        }
    };
    let file = text.as_ref().map(|(name, text)| ConfigFile { name, text });
    let assignments: Vec<&str> = assignments.iter().map(String::as_str).collect();
    load(file, &assignments).map_err(|error| Failure::Usage(error.to_string()))
}

/// With a seed that the sender of a feed cannot guess: no answer depends on it.
pub(super) fn catalog_options(limits: &LimitArgs) -> CatalogOptions {
    let mut options = CatalogOptions::default();
    for (name, most) in &limits.limits {
        let is_known = options.limits.set(name, *most);
        debug_assert!(is_known, "names are checked where arguments are read");
    }
    options.hash_seed = std::hash::RandomState::new().build_hasher().finish();
    options
}

pub(super) fn bad_configuration(error: ConfigError) -> Failure {
    Failure::Usage(format!("configuration: {error}; see --config and --set"))
}

/// A bar over the bytes of all files if standard error is a terminal; else nothing.
fn progress(args: &ReplayArgs) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let sizes = args.feeds.iter().map(|path| std::fs::metadata(path).map(|data| data.len()));
    let known: Result<u64, _> = sizes.sum();
    let bar = match known {
        Ok(total) => ProgressBar::new(total).with_style(
            ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        ),
        Err(_) => ProgressBar::new_spinner(),
    };
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Opens a recording, `-` being standard input, in the format asked for or the one its content shows.
pub(super) fn open(path: &Path, format: &FormatArgs, progress: Option<&ProgressBar>) -> Result<Feed<'static>, Failure> {
    let fail = |error: std::io::Error| Failure::file("read", path, &error);
    let reader: Box<dyn BufRead> = if path.as_os_str() == "-" {
        StandardInput::new().and_then(decompress).map_err(fail)?
    } else {
        let file = File::open(path).map_err(fail)?;
        if file.metadata().map_err(fail)?.is_dir() {
            return Err(fail(std::io::ErrorKind::IsADirectory.into()));
        }
        match progress {
            Some(progress) => decompress(progress.wrap_read(file)).map_err(fail)?,
            None => decompress(file).map_err(fail)?,
        }
    };
    match format.named() {
        Some(named) => Ok(Feed::new(reader, named)),
        None => Feed::detect(reader, |found| format.odds_api.apply(found)).map_err(|error| feed_failure(path, &error)),
    }
}

/// A feed could not be read on.
pub(super) fn feed_failure(path: &Path, error: &FeedError) -> Failure {
    match error {
        FeedError::Io(error) => Failure::file("read", path, error),
        other => Failure::Io(format!("{}: {other}; is it of another --format?", path.display())),
    }
}

/// A replay under way.
struct Run<'a, E> {
    args: &'a ReplayArgs,
    replay: Replay<E>,
    lines: EventLines,
    episodes: Episodes,
    grading: Option<Followed>,
    events: Option<(&'a Path, Output)>,
    rejects: Option<(&'a Path, Output)>,
    refusal: Vec<u8>,
}

/// What is graded.
struct Followed {
    grading: Grading,
    profile_names: Vec<String>,
    grades: Vec<Grade>,
    outputs: Outputs,
}

impl<E: Follow> Run<'_, E> {
    fn play(&mut self, feeds: &mut Feeds<'_>) -> Result<(), Failure> {
        loop {
            let item = match interrupt::check().map(|()| feeds.next_item()) {
                Ok(Ok(Some(item))) => item,
                Ok(Ok(None)) => break,
                stopped => {
                    let failure = match stopped {
                        Ok(Err(error)) => feed_failure(&self.name(), &error),
                        Err(failure) => failure,
                        Ok(Ok(_)) => break,
                    };
                    let told = self.replay.finish().to_vec();
                    self.tell(&told)?;
                    return Err(failure);
                }
            };
            let reason = match self.replay.apply(&item) {
                Ok([]) => continue,
                Ok(told) => {
                    let told = told.to_vec();
                    self.tell(&told)?;
                    self.take_grades(false);
                    continue;
                }
                Err(reason) => reason,
            };
            if let Some((path, output)) = &mut self.rejects {
                let several = (self.args.feeds.len() > 1).then(|| self.args.feeds[item.input].display().to_string());
                self.refusal.clear();
                write_refusal(&item, reason, several.as_deref(), &mut self.refusal);
                output.write_all(&self.refusal).map_err(|error| Failure::file("write", path, &error))?;
            }
        }
        let told = self.replay.finish().to_vec();
        self.tell(&told)
    }

    fn name(&self) -> PathBuf {
        match self.args.feeds.as_slice() {
            [one] => one.clone(),
            _ => PathBuf::from("one of the feeds"),
        }
    }

    fn tell(&mut self, told: &[overround::OpportunityEvent]) -> Result<(), Failure> {
        for event in told {
            let line = self.lines.line(event, self.replay.catalog()).expect("what is told has a name");
            if let Some((path, output)) = &mut self.events {
                output.write_all(line).map_err(|error| Failure::file("write", path, &error))?;
            }
            if self.args.summary == SummaryStyle::Human {
                self.episodes.take(event);
            }
        }
        Ok(())
    }

    fn take_grades(&mut self, is_end: bool) {
        if let Some(followed) = &mut self.grading {
            followed.grades.extend(E::grades(&mut self.replay, is_end));
        }
    }

    fn close(mut self, seconds: f64, skipped_markets: u64) -> Result<(), Failure> {
        self.take_grades(true);
        let graded = match self.grading.take() {
            None => None,
            Some(Followed { grading, profile_names, grades, outputs }) => {
                let names = Names { catalog: self.replay.catalog(), profiles: &profile_names };
                Some(grading.report(outputs, &grades, E::not_followed(&self.replay), names)?)
            }
        };
        let is_taken = self.args.outputs().any(|path| path.as_os_str() == "-");
        for (path, output) in self.events.into_iter().chain(self.rejects) {
            output.finish().map_err(|error| Failure::file("write", path, &error))?;
        }
        let summary = Summary::new(&self.replay, &self.lines, skipped_markets, seconds);
        let mut prose = Prose::default();
        match self.args.summary {
            SummaryStyle::None => return Ok(()),
            SummaryStyle::Json => prose.line(&summary.json(graded.map(|graded| graded.json))),
            SummaryStyle::Human => {
                self.episodes.tables(self.replay.catalog(), &mut prose);
                prose.text.push_str(&summary.human(&self.replay));
                if let Some(graded) = graded {
                    prose.text.push('\n');
                    prose.text.push_str(&graded.tables);
                }
            }
        }
        if is_taken {
            super::say(&prose.text);
            return Ok(());
        }
        super::print_prose(&prose)
    }
}
