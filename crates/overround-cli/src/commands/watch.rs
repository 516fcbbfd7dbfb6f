//! `overround watch`: a recording plays, and what is open stands in a table.
//!
//! [`state::Watch`] is the whole of it but for terminal and clock: time and keys go in, a frame comes out.

mod keys;
mod row;
mod state;
#[cfg(test)]
mod tests;
mod view;

use super::reasons::Playback;
use super::replay::clock;
use crate::args::WatchArgs;
use crate::failure::Failure;
use crate::interrupt;
use crate::style::Ink;
use ratatui::DefaultTerminal;
use ratatui::crossterm::event;
use state::{Filter, Watch};
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Duration;

/// How long a frame stands.
const FRAME: Duration = Duration::from_millis(50);

pub(super) fn run(args: &WatchArgs) -> Result<(), Failure> {
    if !io::stdout().is_terminal() {
        return Err(Failure::Usage(
            "watch draws on a terminal, and standard output is none; `overround replay --events -` writes lines"
                .to_owned(),
        ));
    }
    let playback = Playback::new(&args.feed)?;
    let filter = Filter::new(&args.kinds, &args.filter, playback.profile(args.profile.as_deref())?);
    let mut watch = Watch::new(&playback, filter, args.speed)?;
    watch.ink = Ink::for_stream(&io::stdout());
    let mut terminal = ratatui::try_init().map_err(terminal_failure)?;
    let ended = show(&mut terminal, &mut watch);
    ratatui::restore();
    ended
}

fn show(terminal: &mut DefaultTerminal, watch: &mut Watch<'_>) -> Result<(), Failure> {
    let mut last = clock();
    loop {
        interrupt::check()?;
        let now = clock();
        watch.pass(now.duration_since(last))?;
        last = now;
        terminal.draw(|frame| view::draw(watch, frame)).map_err(terminal_failure)?;
        let mut wait = FRAME;
        // All keys that have come meanwhile, so that holding one down does not lag behind.
        while event::poll(wait).map_err(terminal_failure)? {
            let is_over = match event::read().map_err(terminal_failure)? {
                event::Event::Key(key) if key.kind != event::KeyEventKind::Release => watch.press(key),
                _ => false,
            };
            if is_over {
                return Ok(());
            }
            wait = Duration::ZERO;
        }
    }
}

fn terminal_failure(error: io::Error) -> Failure {
    Failure::file("write", Path::new("the terminal"), &error)
}
