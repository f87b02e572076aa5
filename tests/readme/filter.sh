# A program that marks bare floats at 24 kHz from standard input to standard output; it is found, its input is not.
ffmpeg -y -loglevel error -i in.wav -ar 24000 -ac 1 -f f32le filter_in.f32
"$PROGRAM" <filter_in.f32 >filter_out.f32
earmark detect --raw f32le:24000:1 filter_out.f32 --key vendor.key
! earmark detect --raw f32le:24000:1 filter_in.f32 --key vendor.key
cmp <(wc -c <filter_in.f32) <(wc -c <filter_out.f32)
# Without a key it says why, and nothing leaves it.
mkdir -p empty && cd empty
! "$PROGRAM" <../filter_in.f32 >out 2>err
[ ! -s out ] && grep -q vendor.key err
