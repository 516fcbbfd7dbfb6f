//! `overround completions` and `overround man`.

use crate::args::{Arguments, CompletionsArgs, ManArgs};
use crate::failure::Failure;
use clap::CommandFactory;
use std::path::Path;

pub(super) fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "overround", &mut script);
    super::print_bytes(&script)
}

pub(super) fn man(args: &ManArgs) -> Result<(), Failure> {
    let command = Arguments::command();
    if let Some(dir) = &args.dir {
        let fail = |error: std::io::Error| Failure::file("write", dir, &error);
        std::fs::create_dir_all(dir).map_err(fail)?;
        return clap_mangen::generate_to(command, dir).map_err(fail);
    }
    let mut page = Vec::new();
    let made = clap_mangen::Man::new(command).render(&mut page);
    made.map_err(|error| Failure::file("write", Path::new("the manual"), &error))?;
    super::print_bytes(&page)
}
