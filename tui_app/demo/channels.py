"""Channel rows as a panel sends them: grouped by category, with headings, radio, guides and archives."""

from __future__ import annotations

from typing import Final

from tui_app.demo import quirks
from tui_app.demo.categories import Group, channel_groups
from tui_app.demo.generator import RowGenerator
from tui_app.demo.seeded_random import SeededRandom
from tui_app.demo.titles import languages

_RADIO: Final = "RADIO"
_SHAPES: Final = ("{0}: {1}", "{0} | {1}", "|{0}| {1}", "{0} - {1}")
_QUALITIES: Final = ("", " HD", " HD", " FHD", " 4K", " HEVC", " [HD]", " ᴴᴰ", " SD")
_HEADINGS_FROM: Final = 10  # items; smaller libraries have no headings


class ChannelGenerator(RowGenerator):
    """Generates the channels of one library."""

    seed_name = "ChannelShelf"

    first_id = 1_001
    id_field = "stream_id"
    specials = quirks.CHANNEL_SPECIALS

    def __init__(self, size: int, seed: int) -> None:
        super().__init__(size, seed, channel_groups(size))

    def group(self, index: int) -> Group:
        """Return the category; channels are listed by category, the first ones being the largest."""
        drawn = self.groups.drawn
        if index >= self.size:
            return self.rng("group", index).pick(drawn)
        return drawn[int(len(drawn) * (index / self.size) ** 1.3)]

    def row(self, index: int, generation: int, number: int, group_id: int) -> quirks.Row:
        group, rng = self.group(index), self.rng("channel", index)
        odd = quirks.is_odd(index, generation)
        is_heading = self.is_heading(index)
        name = f"##### {group.name} #####" if is_heading else self._name(group, index, rng)
        days = 0 if is_heading or not rng.chance(15) else rng.pick((3, 3, 7, 1))
        revision = self.generations.revision(index, generation)
        if revision and ((index + revision) % 2 or is_heading or self.is_special(index)):
            days += revision
        elif revision:
            name += f" NEW {revision}"
        row: quirks.Row = {
            "num": quirks.number(number, odd),
            "name": name,
            "stream_type": "radio_streams" if group.genre == _RADIO else "live",
            "stream_id": quirks.number(self.first_id + index, odd and index % 2 == 0),
            "stream_icon": "" if is_heading else quirks.picture(f"logos/{rng.token(16)}.png", generation),
            "epg_channel_id": self.epg_id(index),
            "added": quirks.number(self.added(index, rng), not odd),
            "custom_sid": "",
            "tv_archive": quirks.number(int(days > 0), odd),
            "direct_source": "",
            "tv_archive_duration": str(days) if days else 0,
            "category_id": quirks.number(group_id, not odd),
            "category_ids": list(self.group_ids(index)),
        }
        if index % 3:
            row["is_adult"] = quirks.number(0, not odd)
        return row | self.override(index)

    def is_heading(self, index: int) -> bool:
        """Return whether this row is the heading of a category."""
        if self.size < _HEADINGS_FROM or index >= self.size or self.is_special(index):
            return False
        return index == 0 or self.group(index - 1) != self.group(index)

    def epg_id(self, index: int) -> str | None:
        """Return the channel's id in the guide; most channels have none."""
        if index % 9 == 4:
            return ""
        if self.is_heading(index) or not self.rng("guide", index).chance(40):
            return None
        group = self.group(index)
        return f"{'Demo' if index % 5 else 'DEMO'}{self.first_id + index}.{group.tag.lower()}"

    def archive_days(self, index: int, generation: int) -> int:
        row = self.row(index, generation, 1, 0)
        return int(str(row["tv_archive_duration"]))

    def _name(self, group: Group, index: int, rng: SeededRandom) -> str:
        language = languages()[group.language]
        theme = group.name.partition(" | ")[2].title() or "Radio"
        shape = _SHAPES[group.id % len(_SHAPES)]
        if rng.chance(8):
            return shape.format(group.tag, f"24/7 {language.title(rng)}")
        number = rng.below(12)
        brand = rng.pick(language.brands)
        quality = "" if group.genre == _RADIO else rng.pick(_QUALITIES)
        return shape.format(group.tag, f"{brand} {theme}{f' {number}' if number > 1 else ''}{quality}")
