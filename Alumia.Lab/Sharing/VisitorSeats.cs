using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sharing;

/// <summary>Counts the open pages of visitors by their address, in this process.</summary>
internal sealed class VisitorSeats(IOptions<SharingOptions> options)
{
    private readonly Dictionary<string, int> _taken = [];
    private readonly Lock _lock = new();

    /// <summary>What counts as one address: of IPv6 the network, since a household has all that is in it.</summary>
    public static string AddressOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    /// <summary>Whether no more page of this address may open now.</summary>
    public bool IsFull(string address)
    {
        lock (_lock)
            return _taken.GetValueOrDefault(address) >= options.Value.MaxVisitorsPerAddress;
    }

    /// <summary>Takes a seat, which is free again when it is disposed; null where there is none.</summary>
    public IDisposable? Sit(string address)
    {
        lock (_lock)
        {
            var taken = _taken.GetValueOrDefault(address);
            if (taken >= options.Value.MaxVisitorsPerAddress)
                return null;
            _taken[address] = taken + 1;
            return new Seat(this, address);
        }
    }

    private void Leave(string address)
    {
        lock (_lock)
        {
            if (_taken[address] == 1)
                _taken.Remove(address);
            else
                _taken[address]--;
        }
    }

    private sealed class Seat(VisitorSeats seats, string address) : IDisposable
    {
        private VisitorSeats? _seats = seats;

        public void Dispose() => Interlocked.Exchange(ref _seats, null)?.Leave(address);
    }
}
