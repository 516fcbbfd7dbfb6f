//! `overround import`.

use super::create;
use crate::args::{FormatArgs, ImportArgs};
use crate::failure::Failure;
use overround_feed::write_record;
use std::io::Write;

pub(super) fn run(args: &ImportArgs) -> Result<(), Failure> {
    super::check_paths(&[&args.file], &[&args.output])?;
    let format = FormatArgs { format: args.format, odds_api: args.odds_api };
    let mut feed = super::replay::open(&args.file, &format, None)?;
    let mut output = create(&args.output)?;
    let mut line = Vec::new();
    let mut refused = 0_u64;
    while let Some(item) = feed.next_item().map_err(|error| super::replay::feed_failure(&args.file, &error))? {
        match &item.record {
            Ok(record) => {
                line.clear();
                write_record(record, &mut line);
                output.write_all(&line).map_err(|error| Failure::file("write", &args.output, &error))?;
            }
            Err(_) => refused += 1,
        }
    }
    output.finish().map_err(|error| Failure::file("write", &args.output, &error))?;
    if refused > 0 || feed.skipped_markets() > 0 {
        eprintln!(
            "overround: {refused} records refused, {} markets skipped that have no counterpart; `overround replay --rejects FILE` lists the first",
            feed.skipped_markets()
        );
    }
    Ok(())
}
