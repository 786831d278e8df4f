namespace Alumia.Lab.Outbound;

/// <summary>The guard refused a place, or it could not be reached. The message is fit for a person and for a model.</summary>
public sealed class OutboundException(string message, bool isRefused, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Refused by the guard; else the place itself did not answer.</summary>
    public bool IsRefused { get; } = isRefused;
}
