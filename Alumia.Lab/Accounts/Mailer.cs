using System.Threading.Channels;
using MailKit.Net.Smtp;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Alumia.Lab.Accounts;

/// <summary>Sends plain mails, in the background: how long it takes must not tell whether an address is known.</summary>
public interface IMailer
{
    /// <summary>False where no SMTP server is configured; then nothing may be sent.</summary>
    bool IsConfigured { get; }

    void Send(string to, string subject, string text);
}

internal sealed class SmtpMailer(IOptions<SmtpOptions> options, ILogger<SmtpMailer> log) : BackgroundService, IMailer
{
    private readonly Channel<MimeMessage> _queue = Channel.CreateBounded<MimeMessage>(1000);
    private readonly SmtpOptions _options = options.Value;

    public bool IsConfigured => _options is { Host.Length: > 0, From.Length: > 0 };

    public void Send(string to, string subject, string text)
    {
        var mail = new MimeMessage { Subject = subject, Body = new TextPart("plain") { Text = text } };
        mail.From.Add(MailboxAddress.Parse(_options.From));
        mail.To.Add(MailboxAddress.Parse(to));
        if (!_queue.Writer.TryWrite(mail))
            log.LogError("A mail was dropped: a thousand wait already");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var mail in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                using var client = new SmtpClient();
                await client.ConnectAsync(_options.Host, _options.Port, cancellationToken: stoppingToken);
                if (_options.User.Length > 0)
                    await client.AuthenticateAsync(_options.User, _options.Password, stoppingToken);
                await client.SendAsync(mail, stoppingToken);
                await client.DisconnectAsync(quit: true, stoppingToken);
            }
#pragma warning disable CA1031 // The next mail may go through.
            catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
            {
                log.LogError(exception, "A mail could not be sent through {Host}:{Port}", _options.Host, _options.Port);
            }
        }
    }
}
