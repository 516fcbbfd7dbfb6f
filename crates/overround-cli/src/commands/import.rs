//! `overround import`.

use super::create;
use crate::args::{FormatArgs, ImportArgs};
use crate::failure::Failure;
use crate::interrupt;
use overround_feed::io::Output;
use overround_feed::{Feed, write_record};
use std::io::Write;

pub(super) fn run(args: &ImportArgs) -> Result<(), Failure> {
    super::check_paths(&[&args.file], &[&args.output])?;
    let format = FormatArgs { format: args.format, odds_api: args.odds_api };
    let mut feed = super::replay::open(&args.file, &format, None)?;
    let mut output = create(&args.output)?;
    // What was read before the feed broke off, or before a request to stop, is written all the same, in whole lines.
    let copied = copy(&mut feed, &mut output, args);
    if let Err(Failure::Gone) = copied {
        return copied.map(drop);
    }
    output.finish().map_err(|error| Failure::file("write", &args.output, &error))?;
    let refused = copied?;
    if refused > 0 || feed.skipped_markets() > 0 {
        super::say(&format!(
            "overround: {refused} records refused, {} markets skipped that have no counterpart; \
             `overround replay --rejects FILE` lists the first\n",
            feed.skipped_markets()
        ));
    }
    Ok(())
}

/// Returns how many records were refused.
fn copy(feed: &mut Feed<'_>, output: &mut Output, args: &ImportArgs) -> Result<u64, Failure> {
    let mut line = Vec::new();
    let mut refused = 0_u64;
    loop {
        interrupt::check()?;
        let item = feed.next_item().map_err(|error| super::replay::feed_failure(&args.file, &error))?;
        match item.map(|item| item.record) {
            Some(Ok(record)) => {
                line.clear();
                write_record(&record, &mut line);
                output.write_all(&line).map_err(|error| Failure::file("write", &args.output, &error))?;
            }
            Some(Err(_)) => refused += 1,
            None => return Ok(refused),
        }
    }
}
