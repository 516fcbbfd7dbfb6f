//! The command `overround`.

use clap::Parser;
use overround_cli::{Arguments, interrupt, printable, run};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    interrupt::listen();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if failure.status() != 0 {
                // Standard error may be closed: then there is nobody to tell.
                let _ = writeln!(std::io::stderr(), "overround: {}", printable(&failure.to_string()));
            }
            ExitCode::from(failure.status())
        }
    }
}
