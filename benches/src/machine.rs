//! What the machine is and how much memory the process has. Linux only; elsewhere unknown.

use std::fs;

/// Resident memory of this process in bytes.
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// The processor's name and how many there are.
#[must_use]
pub fn name() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let named = |key: &str| {
        let line = info.lines().find(|line| line.starts_with(key));
        line.and_then(|line| line.split_once(": ")).map_or("unknown", |(_, value)| value.trim())
    };
    format!(
        "{}, family {} model {}, {} processors, {} cache",
        named("model name"),
        named("cpu family"),
        named("model\t"),
        info.lines().filter(|line| line.starts_with("processor")).count(),
        named("cache size")
    )
}
