//! Helpers shared by the cross-crate tests.

/// The README's code runs as a doctest of this item.
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
