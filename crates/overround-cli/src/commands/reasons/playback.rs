//! Playing a feed once or twice, up to a moment.

use crate::args::FeedArgs;
use crate::commands::replay::{bad_configuration, catalog_options, configuration, feed_failure, open};
use crate::failure::Failure;
use crate::input::StandardInput;
use crate::interrupt;
use overround::{Config, OpportunityEvent, ProfileId, Timestamp};
use overround_feed::{Feed, Feeds, Replay};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// The feeds and the configuration they are judged by.
pub(in crate::commands) struct Playback<'a> {
    args: &'a FeedArgs,
    config: Config,
    pub(in crate::commands) profile_names: Vec<String>,
    /// Standard input can be read only once: what it gave.
    standard_input: Option<Vec<u8>>,
}

impl<'a> Playback<'a> {
    pub(in crate::commands) fn new(args: &'a FeedArgs) -> Result<Self, Failure> {
        let inputs: Vec<&Path> = args.feeds.iter().map(PathBuf::as_path).collect();
        super::super::check_paths(&inputs, &[])?;
        let loaded = configuration(args.config.as_deref(), &args.assignments)?;
        let mut standard_input = None;
        if let Some(path) = inputs.iter().find(|path| path.as_os_str() == "-") {
            let mut bytes = Vec::new();
            let read = StandardInput::new().and_then(|mut input| input.read_to_end(&mut bytes));
            read.map_err(|error| Failure::file("read", path, &error))?;
            standard_input = Some(bytes);
        }
        Ok(Self { args, config: loaded.config, profile_names: loaded.profile_names, standard_input })
    }

    /// The profile that was named.
    pub(in crate::commands) fn profile(&self, name: Option<&str>) -> Result<Option<ProfileId>, Failure> {
        let Some(name) = name else { return Ok(None) };
        let mut named = (0..).map(ProfileId).zip(&self.profile_names);
        match named.find(|(_, known)| *known == name) {
            Some((profile, _)) => Ok(Some(profile)),
            None => Err(Failure::Usage(format!(
                "no profile \"{name}\" in the configuration; there is {}",
                self.profile_names.join(", ")
            ))),
        }
    }

    /// Plays the feed from its beginning. With a moment: every record up to it, and every deadline up to it fires. Without: all
    /// records; after the last one nothing fires.
    pub(in crate::commands) fn play(
        &self,
        until: Option<Timestamp>,
        mut hear: impl FnMut(&OpportunityEvent),
    ) -> Result<Replay, Failure> {
        let mut replay = self.replay()?;
        let mut feeds = self.feeds()?;
        while let Some(item) = feeds.next_item().map_err(|error| feed_failure(&self.name(), &error))? {
            interrupt::check()?;
            // A record that is refused changes nothing.
            replay.apply(&item).unwrap_or_default().iter().for_each(&mut hear);
            // This record begins an instant after the moment, which is not to happen.
            if until.is_some_and(|until| replay.instant().is_some_and(|instant| instant > until)) {
                break;
            }
        }
        match until {
            Some(until) => replay.advance(until).iter().for_each(hear),
            None => replay.finish().iter().for_each(hear),
        }
        Ok(replay)
    }

    /// An engine that has heard nothing yet.
    pub(in crate::commands) fn replay(&self) -> Result<Replay, Failure> {
        Ok(Replay::new(self.config.clone())
            .map_err(bad_configuration)?
            .with_options(catalog_options(&self.args.limits)))
    }

    /// The feeds from their beginning.
    pub(in crate::commands) fn feeds(&self) -> Result<Feeds<'_>, Failure> {
        let feeds = self.args.feeds.iter().map(|path| self.open(path)).collect::<Result<Vec<Feed<'_>>, Failure>>()?;
        Ok(Feeds::new(feeds))
    }

    fn open(&self, path: &Path) -> Result<Feed<'_>, Failure> {
        let Some(bytes) = self.standard_input.as_deref().filter(|_| path.as_os_str() == "-") else {
            return open(path, &self.args.format, None);
        };
        let fail = |error: std::io::Error| Failure::file("read", path, &error);
        let reader = overround_feed::io::decompress(Cursor::new(bytes)).map_err(fail)?;
        match self.args.format.named() {
            Some(named) => Ok(Feed::new(reader, named)),
            None => Feed::detect(reader, |found| self.args.format.odds_api.apply(found))
                .map_err(|error| feed_failure(path, &error)),
        }
    }

    /// What to call the feeds where it is not known which of them it is.
    pub(in crate::commands) fn name(&self) -> PathBuf {
        match self.args.feeds.as_slice() {
            [one] => one.clone(),
            _ => PathBuf::from("one of the feeds"),
        }
    }
}
