//! docs/configuration.md is made from the types of the configuration: keys and meanings from their documentation, defaults from the presets.
//!
//! Would catch: a key that is not documented, a default that changed, a page that was edited by hand. `OVERROUND_BLESS=1 cargo test -p
//! overround-tests --test configuration_reference` writes it anew.

use overround::{Config, Key};
use overround_math::devig::Method;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, Field, Fields, Item, Lit, Meta, Token, braced};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the root").to_path_buf()
}

fn source(path: &str) -> syn::File {
    let text = std::fs::read_to_string(root().join(path)).expect("readable");
    syn::parse_file(&text).expect("it compiles")
}

/// A section as the macro of that name is given it.
struct Section {
    docs: String,
    fields: Vec<(String, String)>,
}

impl Parse for Section {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let docs = docs(&input.call(Attribute::parse_outer)?);
        let _name: syn::Ident = input.parse()?;
        let _: Token![,] = input.parse()?;
        let _ = input.call(Attribute::parse_outer)?;
        let _patch: syn::Ident = input.parse()?;
        let inner;
        braced!(inner in input);
        let fields = inner.parse_terminated(Field::parse_named, Token![,])?;
        Ok(Self { docs, fields: fields.iter().map(described).collect() })
    }
}

fn described(field: &Field) -> (String, String) {
    let renamed = field.attrs.iter().find_map(renamed);
    let name = renamed.unwrap_or_else(|| field.ident.as_ref().expect("named").to_string());
    (name, docs(&field.attrs))
}

/// What serde calls it, if that is another name.
fn renamed(attribute: &Attribute) -> Option<String> {
    let Meta::List(list) = &attribute.meta else { return None };
    let text = list.tokens.to_string();
    let (_, rest) = text.split_once("rename = \"")?;
    rest.split_once('"').map(|(name, _)| name.to_owned())
}

fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(it) if it.path.is_ident("doc") => match &it.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ")
}

fn struct_fields(file: &syn::File, name: &str) -> Vec<(String, String)> {
    let found = file.items.iter().find_map(|item| match item {
        Item::Struct(it) if it.ident == name => Some(&it.fields),
        _ => None,
    });
    let Some(Fields::Named(fields)) = found else { panic!("no struct {name}") };
    fields.named.iter().map(described).collect()
}

/// The values of an enum as they are written, with what each means.
fn values(file: &syn::File, name: &str) -> Vec<(String, String)> {
    let found = file.items.iter().find_map(|item| match item {
        Item::Enum(it) if it.ident == name => Some(it),
        _ => None,
    });
    let of = found.unwrap_or_else(|| panic!("no enum {name}"));
    of.variants.iter().map(|variant| (snake(&variant.ident.to_string()), docs(&variant.attrs))).collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for char in name.chars() {
        if char.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(char.to_lowercase());
    }
    snake
}

/// A default as TOML has it. Of keys only hashes are known: the one name among the defaults is put back.
fn toml(value: &Value) -> String {
    match value {
        Value::String(text) if *text == format!("#{}", Key::of("pinnacle")) => "\"pinnacle\"".to_owned(),
        Value::Array(list) => format!("[{}]", list.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key} = {}", toml(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

fn table(text: &mut String, keys: &[(String, String)], defaults: Option<(&Value, &Value)>) {
    match defaults {
        Some(_) => text.push_str("| key | recorded | live | meaning |\n|---|---|---|---|\n"),
        None => text.push_str("| key | meaning |\n|---|---|\n"),
    }
    for (key, meaning) in keys {
        assert!(!meaning.is_empty(), "{key} is not documented");
        let meaning = plain(meaning);
        let _ = match defaults {
            Some((recorded, live)) => {
                let (recorded, live) = (toml(&recorded[key]), toml(&live[key]));
                let live = if live == recorded { String::new() } else { format!("`{live}`") };
                writeln!(text, "| `{key}` | `{recorded}` | {live} | {meaning} |")
            }
            None => writeln!(text, "| `{key}` | {meaning} |"),
        };
    }
    text.push('\n');
}

/// Without links to types, which a page does not have.
fn plain(meaning: &str) -> String {
    let mut text = meaning.replace("[`", "`").replace("`]", "`").replace('|', "\\|");
    while let Some(start) = text.find("`(") {
        let end = text[start..].find(')').map_or(text.len(), |len| start + len + 1);
        text.replace_range(start + 1..end, "");
    }
    text
}

fn page() -> String {
    let file = source("crates/overround/src/config.rs");
    let recorded = serde_json::to_value(Config::recorded()).expect("it is data");
    let live = serde_json::to_value(Config::live()).expect("it is data");
    let mut text = String::from(INTRODUCTION);
    let tops: Vec<(String, String)> = struct_fields(&file, "Config")
        .into_iter()
        .filter(|(key, _)| recorded[key].is_array() && !["profiles", "overrides"].contains(&key.as_str()))
        .collect();
    text.push_str("## At the top\n\n");
    text.push_str("| key | recorded | live | meaning |\n|---|---|---|---|\n");
    text.push_str("| `preset` | `\"recorded\"` | `\"live\"` | What the keys below differ from. |\n");
    for (key, meaning) in tops {
        let _ = writeln!(text, "| `{key}` | `{}` |  | {} |", toml(&recorded[&key]), plain(&meaning));
    }
    text.push('\n');
    let mut seen = BTreeSet::new();
    for item in &file.items {
        let Item::Macro(it) = item else { continue };
        if !it.mac.path.is_ident("section") {
            continue;
        }
        let section: Section = it.mac.parse_body().expect("a section");
        let name =
            section.docs.split('`').nth(1).expect("its docs begin with its name").trim_matches(['[', ']']).to_owned();
        let of = section.docs.split_once(": ").map_or(String::new(), |(_, rest)| {
            let (first, rest) = rest.split_at(1);
            format!("{}{}\n\n", first.to_uppercase(), plain(rest))
        });
        let _ = write!(text, "## `[{name}]`\n\n{of}");
        table(&mut text, &section.fields, Some((&recorded[&name], &live[&name])));
        let keys: BTreeSet<String> = section.fields.iter().map(|(key, _)| key.clone()).collect();
        let known: BTreeSet<String> = recorded[&name].as_object().expect("a section").keys().cloned().collect();
        assert_eq!(keys, known, "keys of [{name}]: as documented, and as serde has them");
        seen.insert(name);
    }
    let sections = recorded
        .as_object()
        .expect("a table")
        .iter()
        .filter(|(name, value)| value.is_object() && *name != "commission");
    assert_eq!(
        seen,
        sections.map(|(name, _)| name.clone()).collect(),
        "sections: as documented, and as serde has them"
    );
    text.push_str(COMMISSION);
    table(&mut text, &values(&source("crates/overround-math/src/commission.rs"), "Base"), None);
    text.push_str(PROFILES);
    table(&mut text, &struct_fields(&file, "Profile"), None);
    text.push_str(OVERRIDES);
    table(&mut text, &struct_fields(&file, "OverrideMatch"), None);
    text.push_str("## Values\n\n");
    for (key, file, name) in [
        ("fair.mode", &file, "ReferenceMode"),
        ("fair.pool", &source("crates/overround-math/src/pool.rs"), "Pool"),
        ("arbitrage.degraded", &file, "Degraded"),
        ("middle.unknown_ev", &file, "UnknownEv"),
    ] {
        let _ = writeln!(text, "`{key}`:\n");
        for (value, meaning) in values(file, name) {
            let _ = writeln!(text, "- `\"{value}\"`: {}", plain(&meaning));
        }
        text.push('\n');
    }
    let methods: Vec<String> = Method::ALL.into_iter().map(|method| format!("`\"{}\"`", method.name())).collect();
    let _ = writeln!(text, "`fair.method`: {}; [devig.md](devig.md) compares them.", methods.join(", "));
    text
}

#[test]
fn the_page_is_what_the_types_say() {
    let page = page();
    let path = root().join("docs/configuration.md");
    if std::env::var_os("OVERROUND_BLESS").is_some() {
        std::fs::write(&path, &page).expect("writable");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = page.lines().zip(written.lines()).find(|(made, written)| made != written);
    assert!(page == written, "docs/configuration.md is another than the types make it: bless it. First: {differs:?}");
}

/// Every example on the page can be loaded.
#[test]
fn its_examples_are_configurations() {
    let page = page();
    let mut examples = 0;
    for block in page.split("```toml\n").skip(1) {
        let text = block.split("```").next().expect("a block has an end");
        let file = overround_feed::config::ConfigFile { name: "configuration.md", text };
        overround_feed::config::load(Some(file), &[]).unwrap_or_else(|error| panic!("{error}\n{text}"));
        examples += 1;
    }
    assert!(examples >= 4);
}

const INTRODUCTION: &str = r#"# Configuration

A file in TOML, given by `--config FILE`, and single keys by `--set key=value` (`--set arbitrage.min_profit=0.01`), which win over it. A file
has only the keys that differ from a preset: `recorded` drops nothing for age or source and caps nothing; `live` is for money. An unknown key is
an error. Fractions are fractions (0.02 is 2 %); names are those of the feed.

```toml
preset = "live"
bookmakers = ["pinnacle", "betfair_ex_uk"]   # rank: they come first where prices tie
[ev]
min = 0.03
[freshness]
budgets_s = { kalshi = 300 }                 # it is polled every few minutes
```

This page is made from the types; a test keeps it so. An empty place under "live" means: as recorded.

"#;

const COMMISSION: &str = r#"## `[commission]`

What bookmakers charge, by bookmaker: a base and a rate of at least 0 and below 1.

```toml
[commission]
betfair_ex_uk = { base = "winnings", rate = 0.05 }
```

"#;

const PROFILES: &str = r#"## `[[profile]]`

Bettors' views of one state of the markets. Without any there is one, named "default", that changes nothing.

```toml
[[profile]]
name = "mine"
bookmakers = ["draftkings", "fanduel"]
arbitrage = { min_profit = 0.01 }
```

"#;

const OVERRIDES: &str = r#"## `[[override]]`

Other rules for some markets: any key of `[fair]`, `[ev]`, `[arbitrage]`, `[low_hold]`, `[middle]`, `[lifecycle]`, `[freshness]`. Later ones win; a
profile's keys win over all. Keys that are not about a market have no effect there: of `[freshness]` all but `start_barrier` and the greatest
ages; `retention_after_start_h` where the match also asks for a market or live state.

```toml
[[override]]
match = { sport = "soccer", league = "epl", market = "total", live = true }
fair = { method = "shin" }
```

Keys of `match`:

"#;
