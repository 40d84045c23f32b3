"""zeren 责任图谱: a government work plan, read into a graph in which every responsibility stands on its sentence."""

__version__ = "0.1.0"
