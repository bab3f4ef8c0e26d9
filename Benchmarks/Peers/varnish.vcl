# The peer: Varnish in front of nginx, everything in memory. Filled in by peers.py.
vcl 4.1;

backend default {
    .host = "127.0.0.1";
    .port = "${backend}";
}

sub vcl_backend_response {
    set beresp.ttl = 1d;
}
