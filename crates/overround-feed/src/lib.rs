//! Recorded odds feeds.
