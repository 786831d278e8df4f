namespace Alumia.Lab.Browser;

/// <summary>What the browser cannot do, in words for the model and for people.</summary>
internal sealed class BrowserException(string message, Exception? inner = null) : Exception(message, inner);
