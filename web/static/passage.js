// A passage's IRI ends in #char=start,end (RFC 5147), which no server sees: turn it into the address that marks it.
const place = /^#char=(\d+),(\d+)$/.exec(decodeURIComponent(location.hash));
if (place) {
  const address = new URL(location);
  address.searchParams.set("start", place[1]);
  address.searchParams.set("end", place[2]);
  address.hash = "here";
  location.replace(address);
}
