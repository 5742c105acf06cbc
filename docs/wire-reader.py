"""Reads records of the binary wire (wire.md): one a line in hex from stdin; prints each event as one line of JSON."""
import json, pathlib, struct, sys

LAYOUTS = {(e["number"], e["version"]): e for e in json.loads(pathlib.Path(__file__).with_name("wire.json").read_text())}


def read_object(data, at, layout, labels):
    number, version, fixed, words = struct.unpack_from("<BBHI", data, at)
    tail, value = at + 8 * fixed, {"type": layout["tag"]} if "tag" in layout else {}
    bit = lambda n: n // 8 < 8 * fixed and data[at + n // 8] >> n % 8 & 1
    for field in layout["fields"]:
        if "presence" in field and not bit(field["presence"]):
            continue
        name, kind, place = field["name"], field["kind"], at + field.get("at", 0)
        count = struct.unpack_from("<I", data, place)[0] if kind in ("text", "id", "numbers", "list") else 0
        if kind == "number" or kind == "id" and not bit(field["bit"]):
            number = struct.unpack_from("<d", data, place)[0]
            value[name] = int(number) if number.is_integer() else number
        elif kind in ("text", "id"):
            value[name] = data[tail : tail + count].decode("utf-8", "surrogatepass")
            tail += -(-count // 8) * 8
        elif kind == "numbers":
            value[name] = [int(n) if n.is_integer() else n for n in struct.unpack_from(f"<{count}d", data, tail)]
            tail += 8 * count
        elif kind in ("list", "object"):
            items = []
            for _ in range(count if kind == "list" else 1):
                items.append(read_object(data, tail, field["object"], labels))
                tail += 8 * struct.unpack_from("<I", data, tail + 4)[0]
            value[name] = [i.get("item", i) for i in items] if kind == "list" else items[0]
        else:
            value[name] = bool(bit(field["bit"])) if kind == "flag" else field["choices"][data[place]] if kind == "choice" else labels[struct.unpack_from("<H", data, place)[0]]
    return value


def read_record(data):
    magic, count, _, words, names = struct.unpack_from("<4sIQII", data)
    assert magic == b"TPW\x01", "Expected a record of the format 1"
    labels, at, end = [], 24 + 8 * words, 24
    for _ in range(names):
        length = struct.unpack_from("<I", data, at)[0]
        labels.append(data[at + 4 : at + 4 + length].decode("utf-8", "surrogatepass"))
        at += -(-(length + 4) // 8) * 8
    for _ in range(count):
        yield read_object(data, end, LAYOUTS[data[end], data[end + 1]], labels)
        end += 8 * struct.unpack_from("<I", data, end + 4)[0]


for line in sys.stdin:
    for event in read_record(bytes.fromhex(line)):
        print(json.dumps(event))
