"""Films measured: whether the camera goes on at joins, trembles, and shows what is there."""
