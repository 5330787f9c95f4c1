// Placeholder of the layer until its first file is here.
