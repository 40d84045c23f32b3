"""Documents made by hand in every format that is read: Word, web page, Markdown, PDF, OFD."""

from __future__ import annotations

import html
import io
import math
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFD = "http://www.ofdspec.org/2016"
_NOT_FIRST = "，。、；：？！）》”’"
_NOT_LAST = "（《“‘"

Row = Sequence[str]


def zipped(parts: dict[str, str | bytes], *, stored: bool = False) -> bytes:
    """Return a zip archive of `parts`, the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, archive.compression)
    return buffer.getvalue()


def docx(body: str, *, numbering: str = "", styles: str = "", more: Mapping[str, str] | None = None) -> bytes:
    """Return a Word document of the markup inside w:body."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Target="word/document.xml" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/officeDocument"/></Relationships>',
        "word/document.xml": _word("document", f"<w:body>{body}</w:body>"),
    }
    if numbering:
        parts["word/numbering.xml"] = _word("numbering", numbering)
    if styles:
        parts["word/styles.xml"] = _word("styles", styles)
    return zipped({**parts, **(more or {})})


def _word(root: str, inside: str) -> str:
    more = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{root} xmlns:w="{W}" {more}>{inside}</w:{root}>'


def p(text: str, properties: str = "") -> str:
    """Return a Word paragraph."""
    start = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f'<w:p>{start}<w:r><w:t xml:space="preserve">{html.escape(text)}</w:t></w:r></w:p>'


def tbl(*rows: Sequence[str]) -> str:
    """Return a Word table of cells as text, or as markup that begins with `<`."""
    cells = ["".join(f"<w:tc>{cell if cell.startswith('<') else p(cell)}</w:tc>" for cell in row) for row in rows]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


@dataclass
class Sheet:
    """A page to be drawn: characters and ruled lines, points from the top left corner."""

    width: float = 595.0
    height: float = 842.0
    marks: list[tuple[str, float, float, float]] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    rotate: int = 0
    aslant: list[tuple[str, float, float, float, int]] = field(default_factory=list)

    def write(self, text: str, left: float, baseline: float, size: float = 16) -> None:
        """Set a line of text."""
        self.marks.append((text, left, baseline, size))

    def turn(self, text: str, left: float, baseline: float, angle: int, size: float = 16) -> None:
        """Set a line of text turned to the left by some degrees (in a PDF only)."""
        self.aslant.append((text, left, baseline, size, angle))

    def aligned(
        self, rows: Sequence[Row], left: float, top: float, widths: Sequence[float], size: float = 10, pad: float = 0
    ) -> float:
        """Set a table without any ruled line, `pad` between its rows; return where it ends."""
        y = top
        for row in rows:
            broken = [_broken(cell, (width - size) // size) for cell, width in zip(row, widths, strict=True)]
            x = left
            for lines, width in zip(broken, widths, strict=True):
                for index, line in enumerate(lines):
                    self.write(line, x, y + index * size * 1.5, size)
                x += width
            y += max(len(lines) for lines in broken) * size * 1.5 + pad
        return y

    def table(self, rows: Sequence[Row], left: float, top: float, widths: Sequence[float], size: float = 10) -> float:
        """Draw a table with all its borders, text broken inside the cells; return where it ends."""
        y = top
        right = left + sum(widths)
        self.rules.append((left, y, right, y))
        for row in rows:
            broken = [_broken(cell, (width - 6) // size) for cell, width in zip(row, widths, strict=True)]
            height = max(len(lines) for lines in broken) * size * 1.4 + 8
            x = left
            for lines, width in zip(broken, widths, strict=True):
                for index, line in enumerate(lines):
                    self.write(line, x + 3, y + size * 1.2 + index * size * 1.4, size)
                self.rules.append((x, y, x, y + height))
                x += width
            self.rules.append((x, y, x, y + height))
            y += height
            self.rules.append((left, y, right, y))
        return y


def sheets(
    paragraphs: Iterable[str], *, size: float = 16, header: str = "", numbered: bool = True, indent: int = 0
) -> list[Sheet]:
    """Set paragraphs on A4 pages as an office prints them: full lines, a header, page numbers."""
    pages = [Sheet()]
    columns = int((595 - 144) // size)
    y = 100.0
    for paragraph in paragraphs:
        for index, line in enumerate(_broken("　" * indent + paragraph if indent else paragraph, columns)):
            if y > 740:
                pages.append(Sheet())
                y = 100.0
            shift = indent * size if indent and not index else 0
            pages[-1].write(line.lstrip("　") if not index else line, 72 + shift, y, size)
            y += size * 1.75
    for number, page in enumerate(pages, start=1):
        if header:
            page.write(header, 220, 60, 9)
        if numbered:
            page.write(f"— {number} —", 270, 800, 12)
    return pages


def _broken(text: str, columns: float) -> list[str]:
    """Break a paragraph as Chinese is broken: no closing mark begins a line, no opening one ends it."""
    lines: list[str] = []
    line, width = "", 0.0
    for char in text:
        step = advance(char)
        if width + step > columns:
            at = len(line)
            while at > 1 and _inseparable(line[at - 1], line[at : at + 1] or char):
                at -= 1
            lines.append(line[:at])
            line = line[at:]
            width = sum(map(advance, line))
        line += char
        width += step
    return [*lines, line]


def _inseparable(before: str, after: str) -> bool:
    latin = before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
    return latin or after in _NOT_FIRST or before in _NOT_LAST


def advance(char: str) -> float:
    """Return the width of a character in ems, as both makers set it."""
    return 0.5 if ord(char) < 0x2000 else 1.0


def pdf(pages: Sequence[Sheet], *, objects: Sequence[bytes] = (), trailer: str = "") -> bytes:
    """Return a PDF of drawn pages, its text in an unembedded CID font (Adobe-GB1)."""
    kids = " ".join(f"{5 + 2 * i} 0 R" for i in range(len(pages)))
    made = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500 814 939 500] "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor "
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>",
    ]
    for index, page in enumerate(pages):
        stream = _stream(page)
        made.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.width:g} {page.height:g}] /Rotate {page.rotate} "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {6 + 2 * index} 0 R >>".encode()
        )
        made.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return _file([*made, *objects], trailer)


def _stream(page: Sheet) -> bytes:
    orders = [
        f"BT /F1 {size:g} Tf 1 0 0 1 {left:g} {page.height - y:g} Tm <{text.encode('utf-16-be').hex()}> Tj ET"
        for text, left, y, size in page.marks
    ]
    for text, left, y, size, angle in page.aslant:
        c, s = (round(part, 5) + 0.0 for part in (math.cos(math.radians(angle)), math.sin(math.radians(angle))))
        place = f"{c:g} {s:g} {-s:g} {c:g} {left:g} {page.height - y:g}"
        orders.append(f"BT /F1 {size:g} Tf {place} Tm <{text.encode('utf-16-be').hex()}> Tj ET")
    orders += [f"{x0:g} {page.height - y0:g} m {x1:g} {page.height - y1:g} l S" for x0, y0, x1, y1 in page.rules]
    return "\n".join(orders).encode()


def _file(objects: Sequence[bytes], trailer: str) -> bytes:
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def ofd(pages: Sequence[Sheet]) -> bytes:
    """Return an OFD file of drawn pages."""
    parts: dict[str, str | bytes] = {
        "OFD.xml": _ofd("OFD", "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"),
        "Doc_0/Document.xml": _ofd(
            "Document",
            "<ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 209.9 297</ofd:PhysicalBox></ofd:PageArea>"
            "</ofd:CommonData><ofd:Pages>"
            + "".join(f'<ofd:Page ID="{i}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(pages)))
            + "</ofd:Pages>",
        ),
    }
    for index, page in enumerate(pages):
        drawn = "".join(map(_text_object, page.marks)) + "".join(map(_path_object, page.rules))
        parts[f"Doc_0/Pages/Page_{index}/Content.xml"] = _ofd(
            "Page", f'<ofd:Content><ofd:Layer ID="9">{drawn}</ofd:Layer></ofd:Content>'
        )
    return zipped(parts)


def _ofd(root: str, inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<ofd:{root} xmlns:ofd="{OFD}">{inside}</ofd:{root}>'


def _mm(points: float) -> str:
    return f"{points * 25.4 / 72:.4f}"


def _text_object(mark: tuple[str, float, float, float]) -> str:
    text, left, y, size = mark
    steps = [advance(char) for char in text[:-1]]
    even = len(set(steps)) == 1
    delta = f"g {len(steps)} {_mm(size * steps[0])}" if even else " ".join(_mm(size * step) for step in steps)
    return (
        f'<ofd:TextObject ID="1" Boundary="{_mm(left)} {_mm(y - size)} {_mm(size * len(text))} {_mm(size * 1.3)}" '
        f'Font="2" Size="{_mm(size)}"><ofd:TextCode X="0" Y="{_mm(size)}" DeltaX="{delta}">{html.escape(text)}'
        "</ofd:TextCode></ofd:TextObject>"
    )


def _path_object(rule: tuple[float, float, float, float]) -> str:
    x0, y0, x1, y1 = rule
    corners = f"M 0 0 L {_mm(x1 - x0)} {_mm(y1 - y0)}"
    return (
        f'<ofd:PathObject ID="3" Boundary="{_mm(x0)} {_mm(y0)} {_mm(x1 - x0 + 1)} {_mm(y1 - y0 + 1)}" LineWidth="0.3">'
        f"<ofd:AbbreviatedData>{corners}</ofd:AbbreviatedData></ofd:PathObject>"
    )
