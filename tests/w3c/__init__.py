"""The W3C's tests of SPARQL 1.0 and 1.1 (../shared/w3c): what they ask, who is asked, and how answers are judged."""
